"""An OpenID Connect provider at a real socket: the code flow with PKCE, and claims as a test sets them."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "after-actions", "what-the-provider-knows-of-us"


class Provider:
    """Everybody who comes is signed in as whoever `claims` says; nobody is while it `denies`.

    `tells` is what userinfo answers, `claims` where it is None: some providers say of an address in the ID token alone.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.tells: dict[str, Any] | None = None
        self.denies = False
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: set[str] = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def running(self) -> Iterator["Provider"]:
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent on, with a code for whoever it signed in."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        if self.denies:
            said = {"error": "access_denied"}
        else:
            said = {"code": secrets.token_urlsafe(16)}
            self._codes[said["code"]] = asked
        return f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}"

    def redeem(self, said: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, once, and for whoever asked for it alone."""
        asked = self._codes.pop(said.get("code", ""), None)
        challenge = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or asked["code_challenge"] != base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
            or asked["redirect_uri"] != said["redirect_uri"]
            or (said.get("client_id"), said.get("client_secret")) != (CLIENT, SECRET)
        ):
            return None
        token = secrets.token_urlsafe(16)
        self._tokens.add(token)
        now = int(time.time())
        body = {**self.claims, "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300}
        if "nonce" in asked:
            body["nonce"] = asked["nonce"]
        signed = jwt.encode(body, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def jwks(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def userinfo(self, authorization: str) -> dict[str, Any] | None:
        if authorization.removeprefix("Bearer ") not in self._tokens:
            return None
        return self.claims if self.tells is None else self.tells

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                if asked.path == "/authorize":
                    said = {name: values[0] for name, values in parse_qs(asked.query).items()}
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(said))
                    self.end_headers()
                elif asked.path == "/userinfo":
                    self._answer(provider.userinfo(self.headers.get("Authorization", "")), 401)
                elif asked.path == "/jwks":
                    self._answer(provider.jwks())
                elif asked.path == "/.well-known/openid-configuration":
                    self._answer(provider.configuration())
                else:
                    self._answer(None, 404)

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                said = {name: values[0] for name, values in parse_qs(sent).items()}
                self._answer(provider.redeem(said))

            def _answer(self, said: dict[str, Any] | None, otherwise: int = 400) -> None:
                body = json.dumps(said or {"error": "invalid_grant"}).encode()
                self.send_response(otherwise if said is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """What is asked of it is no news."""

        return Handler
