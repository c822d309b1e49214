-- The account of the control store: applications, grants, cases, counts and alarms. Run once, as root, on MySQL 8.4
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

-- It deletes what it only keeps for a while: cases that were kept long enough with all that belongs to them, counts of
-- hours and days that have passed, sessions that ended, seasons of the console, codes of licences shown, and messages that arrived. A table that
-- is not there yet can be named only together with CREATE.
SET @tables = CONCAT('` TO ', QUOTE(@gateway), '@''%''');
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`case_file', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`case_citizen', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`case_event', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`told_event', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`licence_watch', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`notice', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`rating', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`verification_task', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`reminder', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`commitment', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`claim_attempt', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`claim_scope', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`console_session', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`season', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`policy_kept', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`presentation', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`presentation_use', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`subject_count', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`subject_total', @tables);
PREPARE made FROM @statement;
EXECUTE made;
SET @statement = CONCAT('GRANT CREATE, DELETE ON `', @database, '`.`webhook_message', @tables);
PREPARE made FROM @statement;
EXECUTE made;

DEALLOCATE PREPARE made;
