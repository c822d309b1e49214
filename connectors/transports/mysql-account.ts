/** What a department's account may do, and over what kind of connection, as the server itself says. */
import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** Longest the server may take to answer, milliseconds. */
const TIMEOUT_MS = 3000;

/** Privileges that read and nothing more. */
const READING = new Set(['SELECT', 'USAGE', 'SHOW VIEW']);

/** An account as the server describes it. */
export interface MysqlAccount {
  /** What it may beyond reading, such as `INSERT, DELETE ON household.*`; empty where it may only read. */
  readonly beyondReading: readonly string[];
  /** Whether the connection is encrypted. */
  readonly encrypted: boolean;
}

/** `GRANT privileges ON object TO account`, columns already taken out. The rest of the line may hold a password's hash. */
const GRANT = /^GRANT (.+?) ON (?:(?:TABLE|PROCEDURE|FUNCTION|PACKAGE|PACKAGE BODY) )?(\S+) TO (.*)$/;

/**
 * What the lines of `SHOW GRANTS` allow beyond reading. A role is beyond it, and so is any line that is not understood: what
 * it allows is not told there. Nothing of what is said after the account's name is repeated.
 */
export function beyondReading(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    // MySQL lists what was taken away of a privilege in lines of their own.
    if (line.startsWith('REVOKE ')) return [];
    const granted = GRANT.exec(line.replace(/ \([^)]*\)/g, ''));
    if (granted === null) return ['a role, or something else that is not told'];
    const [, privileges = '', object = '', rest = ''] = granted;
    const more = privileges.split(', ').filter((privilege) => !READING.has(privilege.trim()));
    if (/\bGRANT OPTION\b/.test(rest)) more.push('GRANT OPTION');
    return more.length === 0 ? [] : [`${more.join(', ')} ON ${object.replaceAll('`', '')}`];
  });
}

/**
 * Asks the server about the account of a URL. Does NOT try to write.
 * @param url `mysql://user:password@host:port/database`
 * @throws the driver's error where it does not answer
 */
export async function examineMysqlAccount(url: string): Promise<MysqlAccount> {
  const connection = await createConnection({ uri: url, connectTimeout: TIMEOUT_MS });
  try {
    const [grants] = await connection.query<RowDataPacket[]>('SHOW GRANTS FOR CURRENT_USER()');
    const [status] = await connection.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    return {
      beyondReading: beyondReading(grants.map((row) => String(Object.values(row)[0]))),
      encrypted: String(status[0]?.Value ?? '') !== '',
    };
  } finally {
    await connection.end();
  }
}
