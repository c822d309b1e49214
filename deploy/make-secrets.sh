#!/bin/sh
# Makes every secret of docker-compose.yml: random passwords, the issuer's key and certificate, and
# the issuer's realm, which holds passwords.
#
#   deploy/make-secrets.sh [FOLDER]      default: secrets beside this script
#
# A secret that exists is kept, so it can be run again: after a change of issuer/realm.json, or after removing one secret to have a new one. A database takes its passwords
# only when its volume is made; a new one must also be set there (ALTER USER).
#
# Needs openssl. Prints no secret.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/secrets}
applications='school-enrolment licence-approval benefits-office licence-wallet market-inspection another-city no-grants'
departments='household property vaccination social-security licences'

umask 077
mkdir -p "$folder"
# Containers read the files under several user ids; on this machine the folder keeps everybody else out.
chmod 700 "$folder"

password() {
  [ -s "$folder/$1" ] || openssl rand -hex 24 >"$folder/$1"
  chmod 444 "$folder/$1"
}

for department in $departments; do
  password "$department-root"
  password "$department-gateway"
  password "$department-seeder"
done
password control-root
password control-gateway
password issuer-admin
for application in $applications; do password "client-$application"; done

# One certificate that the gateway is told to trust; 397 days, then remove both files and run this again.
if [ ! -s "$folder/issuer-tls.key" ] || [ ! -s "$folder/issuer-tls.crt" ]; then
  rm -f "$folder/issuer-tls.key" "$folder/issuer-tls.crt"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 397 \
    -subj '/CN=issuer' -addext 'subjectAltName=DNS:issuer,DNS:localhost,IP:127.0.0.1' \
    -addext 'basicConstraints=critical,CA:FALSE' \
    -keyout "$folder/issuer-tls.key" -out "$folder/issuer-tls.crt" 2>/dev/null
fi
chmod 444 "$folder/issuer-tls.key" "$folder/issuer-tls.crt"

# Replaces {{name}} by the secret of that name. The passwords are hexadecimal, so sed takes them as they are.
fill() {
  script=
  for name in $(grep -o '{{[a-z-]*}}' "$1" | tr -d '{}' | sort -u); do
    if [ ! -s "$folder/$name" ]; then
      echo "make-secrets.sh: $1 names a secret that there is none of: $name" >&2
      exit 1
    fi
    script="${script}s/{{$name}}/$(cat "$folder/$name")/g;"
  done
  rm -f "$2"
  printf '%s\n' "$script" | sed -f - "$1" >"$2"
  chmod 444 "$2"
}

fill "$here/issuer/realm.json" "$folder/realm.json"

echo "secrets in $folder"
