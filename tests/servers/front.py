#!/usr/bin/env python3
"""TLS and login in front of a mail server that cannot do them itself.

usage: front.py DIR PORT TLS_PORT USER PASSWORD BEHIND     DIR holds ca.pem and key.pem, BEHIND is the plain port on 127.0.0.1

OpenSMTPD 6.8 linked with OpenSSL 3 (Debian 12) breaks off every TLS handshake ("missing private key", fixed in 7.4).
Until the login this front answers by itself; from MAIL on it only passes bytes, so queue, limits and delivery stay the real server's.
"""
import asyncio
import base64
import binascii
import ssl
import sys

CHUNK = 65536


class Session:
    def __init__(self, front, client, secure):
        self.front, self.secure, self.logged_in, self.upstream = front, secure, False, None
        self.reader, self.writer = client

    async def connect(self):
        # One at a time: OpenSMTPD listens with a backlog of five, and a call that finds it full is repeated only after seconds.
        async with self.front.connecting:
            self.upstream_reader, self.upstream = await asyncio.open_connection("127.0.0.1", self.front.behind)
            return await self.reply()

    async def run(self):
        try:
            self.writer.write(await self.connect())
            while line := await self.reader.readline():
                if await self.command(line):
                    await asyncio.gather(self.pump(self.reader, self.upstream), self.pump(self.upstream_reader, self.writer))
                    return
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.close()
            if self.upstream:
                self.upstream.close()

    async def command(self, line):
        """Answers one command; True when the rest of the conversation is the server's."""
        verb = line.strip().upper().split(b" ")[0]
        if verb == b"STARTTLS" and not self.secure:
            self.writer.write(b"220 2.0.0 Ready to start TLS\r\n")
            await self.writer.drain()
            await self.writer.start_tls(self.front.context)
            self.secure = True
            self.upstream.close()
            await self.connect()
        elif verb == b"AUTH" and self.secure:
            self.logged_in = await self.login(line.strip().split(b" ")[1:])
            self.writer.write(b"235 2.0.0 Authentication succeeded\r\n" if self.logged_in else b"535 5.7.8 Authentication failed\r\n")
        elif verb == b"MAIL" and not self.logged_in:
            self.writer.write(b"530 5.7.0 Authentication required\r\n")
        else:
            self.upstream.write(line)
            if verb == b"MAIL":
                return True
            reply = await self.reply()
            self.writer.write(self.offer(reply) if verb == b"EHLO" else reply)
        return False

    async def reply(self):
        text = b""
        while line := await self.upstream_reader.readline():
            text += line
            if line[3:4] != b"-":
                break
        return text

    def offer(self, reply):
        own = b"250-AUTH PLAIN LOGIN\r\n" if self.secure else b"250-STARTTLS\r\n"
        first, _, rest = reply.partition(b"\r\n")
        return first + b"\r\n" + own + rest if rest else reply

    async def login(self, words):
        async def asked(prompt):
            self.writer.write(b"334 " + base64.b64encode(prompt) + b"\r\n")
            return (await self.reader.readline()).strip()

        mechanism, given = words[0].upper() if words else b"", words[1:2]
        try:
            if mechanism == b"PLAIN":
                answer = given[0] if given else await asked(b"")
                return tuple(base64.b64decode(answer).split(b"\0")[1:]) == self.front.expected
            if mechanism == b"LOGIN":
                user = given[0] if given else await asked(b"Username:")
                return (base64.b64decode(user), base64.b64decode(await asked(b"Password:"))) == self.front.expected
        except (binascii.Error, IndexError):
            pass
        return False

    async def pump(self, source, sink):
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
        sink.close()


class Front:
    def __init__(self, folder, user, password, behind):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{folder}/ca.pem", f"{folder}/key.pem")
        self.connecting = asyncio.Lock()
        self.expected, self.behind = (user.encode(), password.encode()), behind

    async def serve(self, port, tls_port):
        def session(secure):
            return lambda reader, writer: Session(self, (reader, writer), secure).run()

        starttls = await asyncio.start_server(session(False), "127.0.0.1", port)
        tls = await asyncio.start_server(session(True), "127.0.0.1", tls_port, ssl=self.context)
        await asyncio.gather(starttls.serve_forever(), tls.serve_forever())


if __name__ == "__main__":
    folder, port, tls_port, user, password, behind = sys.argv[1:]

    async def main():
        await Front(folder, user, password, int(behind)).serve(int(port), int(tls_port))

    asyncio.run(main())
