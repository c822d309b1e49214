#!/bin/bash
# Starts the issuer with its administrator's password from a file: the image takes it from the environment only.
set -eu
KC_BOOTSTRAP_ADMIN_PASSWORD=$(< /run/secrets/issuer-admin)
export KC_BOOTSTRAP_ADMIN_PASSWORD
exec /opt/keycloak/bin/kc.sh start --import-realm
