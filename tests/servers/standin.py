#!/usr/bin/env python3
"""Mail server for machines where nobody is root: STARTTLS and TLS ports, one login, one maildir.

usage: standin.py DIR PORT TLS_PORT USER PASSWORD     DIR holds ca.pem, key.pem and maildir/
"""
import mailbox
import os
import ssl
import sys
import threading
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage
from aiosmtpd.smtp import AuthResult, LoginPassword


class Deliver(AsyncMessage):
    def __init__(self, path):
        super().__init__()
        self.box = mailbox.Maildir(path, create=True)
        for part in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(path, part), exist_ok=True)
        self.lock = threading.Lock()

    async def handle_message(self, message):
        with self.lock:
            self.box.add(message)


def main(folder, port, tls_port, user, password):
    warnings.simplefilter("ignore")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/ca.pem", f"{folder}/key.pem")
    expected = LoginPassword(user.encode(), password.encode())

    def login(server, session, envelope, mechanism, data):
        return AuthResult(success=data == expected, handled=False)

    handler = Deliver(f"{folder}/maildir")
    common = {"hostname": "127.0.0.1", "authenticator": login, "auth_required": True, "data_size_limit": 35 << 20}
    starttls = Controller(handler, port=int(port), tls_context=context, require_starttls=True, **common)
    tls = Controller(handler, port=int(tls_port), ssl_context=context, auth_require_tls=False, **common)
    # The controllers try a connection of their own at start; to them our certificate is as good as any.
    starttls.start()
    tls.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
