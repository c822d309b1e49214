-- The two accounts of one department's database. Run once, as root, on MySQL 8.4 (also runs on MariaDB 10.11).
-- accounts.sh sets before: @database, @gateway, @gateway_password, @seeder, @seeder_password.

-- What the gateway is: it selects, in this one database, and holds no more connections than
-- limits.sourceConcurrency of two gateways (one being replaced by the next).
SET @statement = CONCAT(
  'CREATE USER ', QUOTE(@gateway), '@''%'' IDENTIFIED BY ', QUOTE(@gateway_password), ' WITH MAX_USER_CONNECTIONS 32');
PREPARE made FROM @statement;
EXECUTE made;

-- In a grant _ stands for any character, so it is escaped.
SET @statement = CONCAT('GRANT SELECT ON `', REPLACE(@database, '_', '\\_'), '`.* TO ', QUOTE(@gateway), '@''%''');
PREPARE made FROM @statement;
EXECUTE made;

-- Who fills the demonstration city: makes and drops databases of the demonstration's names. A real
-- department has no such account.
SET @statement = CONCAT('CREATE USER ', QUOTE(@seeder), '@''%'' IDENTIFIED BY ', QUOTE(@seeder_password));
PREPARE made FROM @statement;
EXECUTE made;

SET @statement = CONCAT('GRANT ALL ON `mianzheng\\_%`.* TO ', QUOTE(@seeder), '@''%''');
PREPARE made FROM @statement;
EXECUTE made;

DEALLOCATE PREPARE made;
