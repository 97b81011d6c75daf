"""The page that people work in, as it is deployed, and what any page may ask of the agent API."""

import re
from typing import Any

import pytest

from agent_api.app import app
from agent_api.calls.cross_origin import READABLE
from desk_page import bucket
from support.template import template
from support.transformed import PYTHON, deployed, made, rules_broken, transformed

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="`make tools` installs SAM")

DESK = {
    "DeskBucket",
    "DeskBucketPolicy",
    "DeskClient",
    "DeskDistribution",
    "DeskFiles",
    "DeskHeaders",
    "DeskOriginAccess",
    "DeskPageFunction",
    "DeskPageFunctionRole",
    "DeskSignInPages",
}
NAME = {"DeskDomainName": "desk.example.com"}
PROVEN = NAME | {"DeskCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}


def distribution(**parameters: str) -> Any:
    return deployed(**parameters)["DeskDistribution"]["DistributionConfig"]


def headers() -> dict[str, Any]:
    policy: dict[str, Any] = deployed()["DeskHeaders"]["ResponseHeadersPolicyConfig"]
    return policy


def policy_parts() -> dict[str, list[str]]:
    """Return the content security policy by what each part is about."""
    security = headers()["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    text = security["ContentSecurityPolicy"]["Fn::Sub"][0]
    parts = (part.split() for part in text.split(";"))
    return {name: values for name, *values in parts}


# What is made


def test_the_desk_is_there_unless_somebody_has_another() -> None:
    assert template()["Parameters"]["WithDesk"]["Default"] == "true"
    assert DESK - set(deployed()) == set()
    assert {name for name in deployed(WithDesk="false") if name.startswith("Desk")} == {
        "DeskBus",
        "DeskTable",
    }


def test_every_output_of_the_desk_goes_with_it() -> None:
    outputs = transformed()["Outputs"]
    named = {name for name, output in outputs.items() if set(DESK) & set(_names(output["Value"]))}
    assert {"DeskUrl", "DeskClientId", "DeskBucketName"} <= named
    assert {outputs[name]["Condition"] for name in named} == {"HasDesk"}


def _names(value: Any) -> list[str]:
    return re.findall(r"Desk\w+", str(value))


def test_a_name_of_ones_own_is_proven_by_a_certificate() -> None:
    assert rules_broken(**PROVEN) == set()
    assert rules_broken(**NAME) == {"DeskNameIsProven"}
    chosen = distribution(**PROVEN)
    assert chosen["Aliases"] == ["desk.example.com"]
    assert chosen["ViewerCertificate"]["AcmCertificateArn"] == PROVEN["DeskCertificateArn"]
    assert not {"Aliases", "ViewerCertificate"} & set(distribution())


# Who gets at the files


def test_the_bucket_is_read_through_the_distribution_alone_and_over_tls() -> None:
    desk = deployed()
    assert set(desk["DeskBucket"]["PublicAccessBlockConfiguration"].values()) == {True}
    served, told, over_tls = desk["DeskBucketPolicy"]["PolicyDocument"]["Statement"]
    for statement in (served, told):
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        (condition,) = statement["Condition"].items()
        assert condition[0] == "StringEquals"
        assert "distribution/${DeskDistribution}" in condition[1]["AWS:SourceArn"]["Fn::Sub"]
    assert (over_tls["Effect"], over_tls["Principal"]) == ("Deny", "*")


def test_pages_go_over_tls_and_the_laptops_alone_do_not() -> None:
    assert distribution()["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    laptop = distribution(DeskEndpoint="http://127.0.0.1:4566")
    assert laptop["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "allow-all"


def test_an_open_desk_finds_its_files_for_a_month_after_they_were_replaced() -> None:
    rules = deployed()["DeskBucket"]["LifecycleConfiguration"]["Rules"]
    (rule,) = (rule for rule in rules if "ExpirationInDays" in rule)
    (tag,) = rule["TagFilters"]
    assert f"{tag['Key']}={tag['Value']}" == bucket.REPLACED
    assert rule["ExpirationInDays"] == 30


def test_cloudformation_never_waits_for_an_hour() -> None:
    function = deployed()["DeskPageFunction"]
    assert function["Timeout"] < deployed()["DeskFiles"]["ServiceTimeout"] <= 300


def test_files_are_put_anew_when_they_are_others() -> None:
    assert deployed()["DeskFiles"]["Files"]["Ref"].startswith("DeskFilesLayer")
    (layer,) = (name for name in made("AWS::Lambda::LayerVersion") if "DeskFiles" in name)
    assert {"Ref": layer} in deployed()["DeskPageFunction"]["Layers"]


# What a page may do


def test_nothing_runs_on_the_page_but_its_own_modules() -> None:
    parts = policy_parts()
    assert parts["default-src"] == ["'none'"]
    own, import_map = parts["script-src"]
    assert (own, import_map[:8]) == ("'self'", "'sha256-")
    assert parts["style-src"] == ["'self'"]
    assert parts["frame-ancestors"] == parts["base-uri"] == ["'none'"]
    assert parts["require-trusted-types-for"] == ["'script'"]
    assert not re.search(r"unsafe|\*|https?:(?!/)", str(parts))


def test_the_page_calls_us_and_nobody_else() -> None:
    parts = policy_parts()
    assert parts["connect-src"] == ["'self'", "${Calls}", "${SignIn}", "${Live}", "${Files}"]
    assert parts["img-src"] == ["'self'", "data:", "${Files}"]
    assert parts["media-src"] == ["'self'", "${Files}"]


def test_browsers_are_told_to_be_careful() -> None:
    security = headers()["SecurityHeadersConfig"]
    assert security["ContentTypeOptions"] == {"Override": True}
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000


# What any page may ask of the agent API


def cors() -> dict[str, list[str]]:
    said = template()["Resources"]["AgentApi"]["Properties"]["Cors"]
    return {name: value.strip("'").split(",") for name, value in said.items()}


def test_every_method_and_header_of_the_api_may_be_sent() -> None:
    methods = {method for routes in app.routes.values() for method in routes}
    assert methods <= set(cors()["AllowMethods"])
    wanted = {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"}
    assert set(cors()["AllowHeaders"]) == wanted
    assert (cors()["AllowOrigin"], cors()["MaxAge"]) == (["*"], ["7200"])
    assert {"ETag", "Retry-After"} <= set(READABLE)


def test_what_a_browser_asks_beforehand_costs_no_call_of_the_function() -> None:
    (path,) = made("AWS::ApiGateway::RestApi")["AgentApi"]["Properties"]["Body"]["paths"].values()
    asked = path["options"]
    assert asked["x-amazon-apigateway-integration"]["type"] == "mock"
    assert "security" not in asked


def test_a_page_can_read_every_answer_of_the_gateways_own() -> None:
    api = template()["Resources"]["AgentApi"]["Properties"]
    for kind, response in api["GatewayResponses"].items():
        assert response["ResponseParameters"]["Headers"]["Access-Control-Allow-Origin"] == "'*'", (
            kind
        )
