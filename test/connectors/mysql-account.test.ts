/** What a department's account may do beyond reading: by the server's words, and on a real server. */
import { createConnection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { beyondReading, examineMysqlAccount } from '../../connectors/transports/mysql-account.js';
import { mariadb } from '../support/services.js';

const HASH = "IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'";

describe('the lines of SHOW GRANTS', () => {
  it.each([
    ['nothing', [`GRANT USAGE ON *.* TO \`g\`@\`%\` ${HASH}`], []],
    ['SELECT in one database', ['GRANT SELECT ON `household`.* TO `g`@`%`'], []],
    ['SELECT of columns', ['GRANT SELECT (`gmsfhm`, `xm`) ON `h`.`HJXX_CZRKJBXXB` TO `g`@`%`'], []],
    ['views shown', ['GRANT SELECT, SHOW VIEW ON `h`.* TO `g`@`%`'], []],
    ['a bound of connections', ['GRANT USAGE ON *.* TO `g`@`%` REQUIRE SSL WITH MAX_USER_CONNECTIONS 32'], []],
    ['a partial revoke of MySQL', ['GRANT SELECT ON *.* TO `g`@`%`', 'REVOKE SELECT ON `mysql`.* FROM `g`@`%`'], []],
    ['INSERT', ['GRANT SELECT, INSERT ON `h`.* TO `g`@`%`'], ['INSERT ON h.*']],
    ['UPDATE of a column', ['GRANT SELECT (`a`), UPDATE (`b`) ON `h`.`t` TO `g`@`%`'], ['UPDATE ON h.t']],
    ['ALL', [`GRANT ALL PRIVILEGES ON *.* TO \`g\`@\`%\` ${HASH}`], ['ALL PRIVILEGES ON *.*']],
    ['FILE', ['GRANT FILE ON *.* TO `g`@`%`'], ['FILE ON *.*']],
    ['EXECUTE', ['GRANT EXECUTE ON PROCEDURE `h`.`p` TO `g`@`%`'], ['EXECUTE ON h.p']],
    ['a dynamic privilege', ['GRANT BACKUP_ADMIN ON *.* TO `g`@`%`'], ['BACKUP_ADMIN ON *.*']],
    ['the right to grant', ['GRANT SELECT ON `h`.* TO `g`@`%` WITH GRANT OPTION'], ['GRANT OPTION ON h.*']],
    ['a proxy', ["GRANT PROXY ON ''@'' TO `g`@`%`"], ["PROXY ON ''@''"]],
    ['a role', ['GRANT `writer`@`%` TO `g`@`%`'], ['a role, or something else that is not told']],
    ['a role of MariaDB', ['GRANT `writer` TO `g`@`%`'], ['a role, or something else that is not told']],
    [
      'a line that nobody knows',
      ['SET DEFAULT ROLE `writer` FOR `g`@`%`'],
      ['a role, or something else that is not told'],
    ],
  ])('with %s', (_, lines, expected) => {
    expect(beyondReading(lines)).toEqual(expected);
  });

  it('repeat no password’s hash', () => {
    expect(JSON.stringify(beyondReading([`GRANT ALL PRIVILEGES ON *.* TO \`g\`@\`%\` ${HASH}`]))).not.toContain('2470');
  });
});

describe.skipIf(mariadb === null)('on a real server', () => {
  const name = `mz_account_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const as = (account: string) => {
    const url = new URL(mariadb?.url ?? '');
    url.username = account;
    url.password = 'secret';
    return url.href;
  };

  it.each([
    ['an account that may only select', [`GRANT SELECT ON \`${name}\`.* TO`], []],
    ['one that may select columns', [`GRANT SELECT (a) ON \`${name}\`.t TO`], []],
    ['one that may write', [`GRANT SELECT, INSERT, UPDATE ON \`${name}\`.* TO`], [`INSERT, UPDATE ON ${name}.*`]],
    ['one that may do all', [`GRANT ALL ON \`${name}\`.* TO`], [`ALL PRIVILEGES ON ${name}.*`]],
    ['one that may make tables', [`GRANT SELECT, CREATE, DROP ON \`${name}\`.* TO`], [`CREATE, DROP ON ${name}.*`]],
  ])('%s', async (_, grants, expected) => {
    const root = await createConnection({ uri: mariadb?.url ?? '' });
    const account = `${name.slice(0, 28)}_g`;
    try {
      await root.query(`CREATE DATABASE \`${name}\``);
      await root.query(`CREATE TABLE \`${name}\`.t (a INT, b INT)`);
      await root.query(`CREATE USER '${account}'@'%' IDENTIFIED BY 'secret'`);
      for (const grant of grants) await root.query(`${grant} '${account}'@'%'`);
      expect((await examineMysqlAccount(as(account))).beyondReading).toEqual(expected);
    } finally {
      await root.query(`DROP USER IF EXISTS '${account}'@'%'`);
      await root.query(`DROP DATABASE IF EXISTS \`${name}\``);
      await root.end();
    }
  });
});
