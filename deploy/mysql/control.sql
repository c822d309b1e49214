-- The account of the control store: applications, grants, cases. Run once, as root, on MySQL 8.4
-- (also runs on MariaDB 10.11). accounts.sh sets before: @database, @gateway, @gateway_password.

SET @statement = CONCAT('CREATE USER ', QUOTE(@gateway), '@''%'' IDENTIFIED BY ', QUOTE(@gateway_password));
PREPARE made FROM @statement;
EXECUTE made;

-- It makes its tables at the first start.
SET @statement = CONCAT(
  'GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, INDEX ON `', REPLACE(@database, '_', '\\_'), '`.* TO ',
  QUOTE(@gateway), '@''%''');
PREPARE made FROM @statement;
EXECUTE made;

-- It deletes nothing but cases that were kept long enough. The table need not be there yet, because CREATE is granted too.
SET @statement = CONCAT(
  'GRANT CREATE, DELETE ON `', @database, '`.case_file TO ', QUOTE(@gateway), '@''%''');
PREPARE made FROM @statement;
EXECUTE made;

DEALLOCATE PREPARE made;
