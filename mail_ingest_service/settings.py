"""The settings of mail_ingest."""

import environ

from chassis.settings import number, whole


@environ.config(prefix="MUSUBI")
class MailSettings:
    """What the reading of mailboxes needs besides what every service needs."""

    mail_host_allow: str = environ.var(
        "",
        help="Mail servers inside the own network that may be used: host names, addresses or CIDR networks, by commas",
    )
    mail_ca: str = environ.var(
        "", help="Certificates (PEM) of own authorities that mail servers are checked against besides the system's"
    )
    mail_authserv_ids: str = environ.var(
        "",
        help="authserv-ids of own mail servers whose Authentication-Results are believed, by commas; one that begins "
        "with a dot means all hosts below",
    )
    mail_check_seconds: float = environ.var(
        3.5,
        converter=number(0.1, 30),
        help="Seconds that a mail server has to be tried out, from its name's look-up to its list of folders, when a "
        "mailbox is saved or checked; less than `MUSUBI_RPC_TIMEOUT`",
    )
    mail_readers: bool = environ.bool_var(True, help="false: this process answers calls but reads no mailbox")
    mail_parsers: int = environ.var(1, converter=whole(1, 64), help="Child processes that parse mails")
