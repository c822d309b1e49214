#!/bin/bash
# Makes a database's accounts from their secrets. The image runs what lies in its init folder once,
# when it has made an empty data folder; it executes or sources this file, so all is in a subshell.
(
  set -eu

  # Only letters and digits, so that a password never ends the SQL text it stands in.
  secret() {
    local value
    value=$(cat "/run/secrets/$1")
    case $value in
      '' | *[!0-9A-Za-z]*)
        echo "accounts.sh: /run/secrets/$1 is empty or holds other characters than letters and digits" >&2
        return 1
        ;;
    esac
    printf %s "$value"
  }

  gateway=$(secret gateway-password)
  seeder=
  if [ -e /run/secrets/seeder-password ]; then seeder=$(secret seeder-password); fi

  {
    printf "SET @database = '%s', @gateway = 'gateway', @gateway_password = '%s';\n" "$MYSQL_DATABASE" "$gateway"
    printf "SET @seeder = 'seeder', @seeder_password = '%s';\n" "$seeder"
    cat /mianzheng/accounts.sql
  } | MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root --protocol=socket
)
