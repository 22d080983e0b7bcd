"""Names that the built-in profile `product` lets through: those of the RudderStack and Segment event
specifications that describe a thing or an act, and those that SDKs collect by themselves.

Names that describe a person are not among them, however well known: name, e-mail, address, user name,
birthday, the name of a phone (which is its owner's), advertising ids, a place to the metre.
"""

from __future__ import annotations

FIELDS = (
    "type", "event", "name", "category", "channel", "userId", "anonymousId", "groupId", "previousId",
    "messageId", "rudderId", "timestamp", "originalTimestamp", "sentAt", "receivedAt", "version", "writeKey",
    "request_ip", "_metadata.nodeVersion", "_metadata.jsRuntime", "_metadata.bundled",
    "_metadata.unbundled", "_metadata.bundledIds",
)  # fmt: skip
"""Of an event itself."""

_PAGE = (
    "path", "referrer", "referring_domain", "search", "title", "url", "tab_url", "initial_referrer",
    "initial_referring_domain", "keywords", "name", "category",
)  # fmt: skip

_PRODUCT = (
    "product_id", "sku", "category", "name", "brand", "variant", "price", "quantity", "coupon", "currency",
    "position", "value", "url", "image_url",
)  # fmt: skip

_COMMERCE = (
    "affiliation", "cart_id", "checkout_id", "checkout_option", "coupon_id", "coupon_name", "creative",
    "currency", "discount", "list_id", "list", "order_id", "payment_method", "promotion_id", "reason",
    "shipping_method", "step", "store", "wishlist_id", "wishlist_name", "filters.*.type", "filters.*.value",
    "sorts.*.type", "sorts.*.value", "share_via",
)  # fmt: skip

_APPLICATION = (
    "version", "build", "previous_version", "previous_build", "from_background", "referring_application",
    "install_attributed", "campaign.source", "campaign.name", "campaign.content", "campaign.ad_creative",
    "campaign.ad_group", "provider", "link", "screen", "module", "feature", "component", "action", "label",
    "type", "status", "state", "result", "error_code", "code", "level", "method", "source", "medium",
    "origin",
    "locale", "language", "country", "region", "timezone", "platform", "os", "arch", "device_type", "browser",
    "edition", "plan", "tier", "trial", "interval", "unit", "variation", "variation_id", "variation_name",
    "experiment_id", "experiment_key", "experiment_name", "role",
)  # fmt: skip
"""Mobile life-cycle, autocapture, experiments, and words that name one of a few kinds."""

_TELEMETRY = (
    "database_type", "database_version", "operating_system", "installation_type", "server_id",
    "server_version",
    "user_actual_id", "user_actual_role", "post_id", "root_id", "channel_id", "team_id",
)  # fmt: skip
"""What self-hosted servers tell of themselves; ids are the product's own."""

PROPERTIES = tuple(
    dict.fromkeys(
        (
            *_PAGE,
            *_PRODUCT,
            *(f"products.*.{name}" for name in _PRODUCT),
            *_COMMERCE,
            *_APPLICATION,
            *_TELEMETRY,
        )
    )
)

TRAITS = (
    "plan", "tier", "industry", "role", "locale", "language", "timezone", "created_at", "account_id",
    "company_id", "country", "region", "edition", "version", "platform",
)  # fmt: skip

_LISTS = ("", ".consent")
"""Of consent ids: most providers have one, some an object of them."""

CONTEXT = (
    *(f"app.{name}" for name in ("name", "version", "build", "namespace", "installType")),
    *(
        f"campaign.{name}"
        for name in ("name", "source", "medium", "term", "content", "id", "adid", "placement")
    ),
    *(f"device.{name}" for name in ("type", "manufacturer", "model", "brand", "version")),
    *(f"library.{name}" for name in ("name", "version", "variant")),
    *("network.carrier", "os.name", "os.version"),
    *(f"page.{name}" for name in _PAGE),
    *("referrer.type", "referrer.name", "referrer.url", "referrer.link"),
    *("locale", "timezone", "userAgent", "sessionId", "sessionStart", "channel", "ip", "isBot"),
    *(f"screen.{name}" for name in ("width", "height", "density", "innerWidth", "innerHeight")),
    *("network.wifi", "network.cellular", "network.bluetooth"),
    *("userAgentData.mobile", "userAgentData.platform", "userAgentData.platformVersion"),
    *("userAgentData.brands.*.brand", "userAgentData.brands.*.version", "userAgentData.architecture"),
    *(f"consentManagement.{name}" for name in ("provider", "resolutionStrategy")),
    *(f"consentManagement.{kind}ConsentIds{inside}" for kind in ("allowed", "denied") for inside in _LISTS),
    *("consent.version", "trackingPlanId", "trackingPlanVersion"),
    *(f"violationErrors.*.{name}" for name in ("type", "message", "property")),
    *(f"violationErrors.*.meta.{name}" for name in ("instancePath", "schemaPath", "missingProperty")),
    *(
        f"geo.{name}"
        for name in ("country", "country_code", "region", "region_code", "continent", "timezone")
    ),
    *("location.country", "location.region"),
    *("bot.name", "bot.url", "botName", "botUrl"),
    *(f"privacy.{name}" for name in ("profile", "removed", "masked", "hashed", "pseudonymised", "consent")),
)

TELLING = frozenset(
    {
        "lat", "lng", "lon", "long", "latitude", "longitude", "ssn", "socialsecuritynumber", "taxid",
        "passport",
        "zip", "zipcode", "postal", "postalcode", "postcode", "birthday", "birthdate", "dob", "dateofbirth",
        "salary", "income", "ip", "ipaddress",
    }
)  # fmt: skip
"""Names, bare, under which even a number may point at a person."""
