#!/usr/bin/env bash
set -euo pipefail
: "${MAIL_PASSWORD:?set MAIL_PASSWORD to the password of the demo mailbox}"
install -m 640 -g dovecot /dev/null /etc/dovecot/users
printf '%s:{PLAIN}%s::::::\n' "$MAIL_USER" "$MAIL_PASSWORD" >/etc/dovecot/users
inbox="/srv/mail/$MAIL_USER/Maildir"
if [ ! -d "$inbox" ]; then
  mkdir -p "$inbox"/{cur,new,tmp}
  for mail in /usr/local/share/mails/*.eml; do
    cp "$mail" "$inbox/new/$(date +%s).$(basename "$mail" .eml).demo"
  done
  chown -R vmail:vmail "/srv/mail/$MAIL_USER"
fi
exec "$@"
