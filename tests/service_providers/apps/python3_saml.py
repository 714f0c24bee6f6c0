"""A Flask app with python3-saml, strict; run by the interpreter that has it.

The identity provider's metadata file is read at each request, as an administrator may replace it meanwhile.
"""

import json
import os
import secrets
from pathlib import Path

from flask import Flask, Response, jsonify, redirect, request, session
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from waitress import serve

PORT = int(os.environ["SP_PORT"])
CONNECTIONS = json.loads(Path(os.environ["SP_CONNECTIONS"]).read_text())
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
# What was asked for, by RelayState: a SameSite cookie would not come with the identity provider's POST.
asked: dict[str, str] = {}
leaving: dict[str, str] = {}


def base64_of(pem: str) -> str:
    return "".join(line for line in Path(pem).read_text().splitlines() if "-----" not in line)


def settings(name: str) -> dict:
    connection = CONNECTIONS[name]
    at = f"http://127.0.0.1:{PORT}/{name}"
    ours = {
        "strict": True,
        "sp": {
            "entityId": f"{at}/metadata",
            "assertionConsumerService": {"url": f"{at}/acs", "binding": f"{BINDINGS}HTTP-POST"},
            "singleLogoutService": {"url": f"{at}/slo", "binding": f"{BINDINGS}HTTP-Redirect"},
            "NameIDFormat": connection["name_id_format"],
            "x509cert": base64_of(connection["certificate"]),
            "privateKey": base64_of(connection["key"]),
        },
        "security": {
            "authnRequestsSigned": connection["signs_requests"],
            "logoutRequestSigned": True,
            "logoutResponseSigned": True,
            "wantAssertionsSigned": connection["signed"] in ("assertion", "both"),
            "wantMessagesSigned": connection["signed"] in ("response", "both"),
            "wantAssertionsEncrypted": connection["encrypted"],
            "wantNameId": True,
            "requestedAuthnContext": False,
            "rejectUnsolicitedResponsesWithInResponseTo": True,
            "failOnAuthnContextMismatch": True,
        },
    }
    theirs = OneLogin_Saml2_IdPMetadataParser.parse(
        Path(connection["metadata"]).read_bytes(), required_slo_binding=f"{BINDINGS}HTTP-Redirect"
    )
    return OneLogin_Saml2_IdPMetadataParser.merge_settings(theirs, ours)


def auth(name: str) -> OneLogin_Saml2_Auth:
    come = {
        "https": "off",
        "http_host": request.host,
        "script_name": request.path,
        "get_data": request.args.copy(),
        "post_data": request.form.copy(),
        "query_string": request.query_string.decode(),
    }
    return OneLogin_Saml2_Auth(come, settings(name))


@app.get("/")
def alive() -> str:
    return "python3-saml"


@app.get("/<name>/metadata")
def metadata(name: str) -> Response:
    made = OneLogin_Saml2_Settings(settings(name), sp_validation_only=True)
    return Response(made.get_sp_metadata(), mimetype="application/samlmetadata+xml")


@app.get("/<name>/login")
def login(name: str) -> Response:
    relay = secrets.token_urlsafe(16)
    if "post" in CONNECTIONS[name]["binding"]:
        return posted(auth(name), name, relay)
    saml = auth(name)
    force, passive = request.args.get("force") == "1", request.args.get("passive") == "1"
    url = saml.login(return_to=relay, force_authn=force, is_passive=passive)
    asked[relay] = saml.get_last_request_id()
    return redirect(url)


def posted(saml: OneLogin_Saml2_Auth, name: str, relay: str) -> Response:
    """The same AuthnRequest over POST, which python3-saml leaves to the app: its own signer signs the XML."""
    made = OneLogin_Saml2_Settings(settings(name))
    ask = saml.authn_request_class(made)
    xml = ask.get_xml()
    if CONNECTIONS[name]["signs_requests"]:
        sp = made.get_sp_data()
        xml = OneLogin_Saml2_Utils.add_sign(xml, made.get_sp_key(), sp["x509cert"])
    asked[relay] = ask.get_id()
    text = OneLogin_Saml2_Utils.b64encode(xml)
    action = made.get_idp_sso_url()
    return Response(
        f'<form method="post" action="{action}"><input type="hidden" name="SAMLRequest" value="{text}">'
        f'<input type="hidden" name="RelayState" value="{relay}"></form>'
        "<script>document.forms[0].submit()</script>",
        mimetype="text/html",
    )


@app.post("/<name>/acs")
def acs(name: str) -> Response:
    saml = auth(name)
    saml.process_response(request_id=asked.pop(request.form.get("RelayState", ""), None))
    if saml.get_errors() or not saml.is_authenticated():
        answer = jsonify(refused=saml.get_last_error_reason(), errors=saml.get_errors())
        answer.status_code = 403
        return answer
    session[name] = {
        "user": saml.get_nameid(),
        "name_id_format": saml.get_nameid_format(),
        "session_index": saml.get_session_index(),
        "attributes": saml.get_attributes(),
    }
    return redirect(f"/{name}/me", 303)


@app.get("/<name>/me")
def me(name: str) -> tuple[Response, int]:
    found = session.get(name)
    return (jsonify(found), 200) if found else (jsonify(refused="nobody is signed in"), 401)


@app.get("/<name>/logout")
def logout(name: str) -> Response:
    saml, who, relay = auth(name), session.get(name) or {}, secrets.token_urlsafe(16)
    url = saml.logout(
        return_to=relay,
        name_id=who.get("user"),
        session_index=who.get("session_index"),
        name_id_format=who.get("name_id_format"),
    )
    leaving[relay] = saml.get_last_request_id()
    return redirect(url)


@app.route("/<name>/slo", methods=["GET", "POST"])
def slo(name: str) -> Response:
    saml = auth(name)
    if request.method == "POST":
        saml._request_data["get_data"] = request.form.copy()
    answer = saml.process_slo(
        request_id=leaving.pop(request.values.get("RelayState", ""), None),
        delete_session_cb=lambda: session.pop(name, None),
    )
    if saml.get_errors():
        refusal = jsonify(refused=saml.get_last_error_reason(), errors=saml.get_errors())
        refusal.status_code = 403
        return refusal
    return redirect(answer) if answer else jsonify(left=True)


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=PORT, threads=4)
