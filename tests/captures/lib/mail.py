#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The mail server on mail1 (aiosmtpd). nobody@ is unknown (550), full@ is over quota (452),
slow@ takes 400 ms, and a message whose body holds "reject" is refused after its final dot (554).
With --tls it offers STARTTLS with a certificate it makes itself."""
import argparse
import asyncio
import ssl
import subprocess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "nobody":
            return "550 5.1.1 No such mailbox here"
        if name == "full":
            return "452 4.2.2 Mailbox full"
        if name == "slow":
            await asyncio.sleep(0.4)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(0.02 + len(envelope.content) / 1000000)
        if b"reject" in envelope.content:
            return "554 5.6.0 Message refused"
        return "250 2.0.0 Taken"


def check_password(server, session, envelope, mechanism, login):
    return AuthResult(success=login.password == b"secret", handled=False)


class Mail(Controller):
    tls = None

    def factory(self):
        return SMTP(self.handler, hostname="mail1.example.net", ident="ESMTP", tls_context=self.tls,
                    authenticator=check_password, auth_require_tls=False)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--cert-dir", required=True)
    p.add_argument("--tls", action="store_true")
    o = p.parse_args()
    if o.tls:
        cert, key = o.cert_dir + "/mail.crt", o.cert_dir + "/mail.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                        "/CN=mail1.example.net", "-keyout", key, "-out", cert], check=True, capture_output=True)
        Mail.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        Mail.tls.load_cert_chain(cert, key)
    controllers = [Mail(Handler(), hostname=h, port=25) for h in ("0.0.0.0", "::")]
    for c in controllers:
        c.start()
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main()
