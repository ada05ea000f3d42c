"""Azure's Python SDK pointed at the fake: signed in as a client with a secret, its requests sent to the fake's address."""

import json
import time
import urllib.parse
import urllib.request

from azure.core.credentials import AccessToken
from azure.core.pipeline.policies import SansIOHTTPPolicy


class Credential:
    def __init__(self, endpoint, tenant, client_id="app", client_secret="right"):
        self.address = f"{endpoint}/{tenant}/oauth2/v2.0/token"
        self.form = dict(grant_type="client_credentials", client_id=client_id, client_secret=client_secret)

    def get_token(self, *scopes, **_):
        form = urllib.parse.urlencode(dict(self.form, scope=scopes[0])).encode()
        with urllib.request.urlopen(self.address, form) as answer:
            return AccessToken(json.load(answer)["access_token"], int(time.time()) + 3000)


class ToTheFake(SansIOHTTPPolicy):
    def __init__(self, endpoint):
        self.endpoint = urllib.parse.urlsplit(endpoint)

    def on_request(self, request):
        address = urllib.parse.urlsplit(request.http_request.url)
        request.http_request.url = address._replace(scheme="http", netloc=self.endpoint.netloc).geturl()
        request.context.options["enforce_https"] = False
