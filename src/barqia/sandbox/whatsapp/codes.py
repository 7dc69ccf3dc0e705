"""The Cloud API's error codes: their titles, details and HTTP statuses, as the provider's tables have them."""

TITLES = {
    0: "Error validating access token: the session has been invalidated.",
    1: "An unknown error has occurred.",
    2: "An unexpected error has occurred. Please retry your request later.",
    3: "Application does not have the capability to make this API call.",
    4: "Application request limit reached",
    10: "Application does not have permission for this action",
    33: "Parameter value is not valid",
    100: "Invalid parameter",
    190: "Error validating access token: the session is invalid.",
    200: "You do not have the necessary permissions required to send messages on behalf of this account",
    368: "Temporarily blocked for policies violations",
    80007: "Rate limit issues",
    130403: "User is blocked by the business",
    130429: "Rate limit hit",
    130472: "User's number is part of an experiment",
    130497: "Business account is restricted from messaging users in this country",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131030: "Recipient phone number not in allowed list",
    131031: "Account has been locked",
    131037: "Display name approval needed",
    131042: "Business eligibility payment issue",
    131045: "Incorrect certificate",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "Meta chose not to deliver",
    131050: "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages",
    131051: "Unsupported message type",
    131052: "Media download error",
    131053: "Media upload error",
    131055: "Method not allowed",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131057: "Account in maintenance mode",
    131062: "Business-scoped user ID not supported for this message",
    131063: "Marketing messages are disabled on Cloud API",
    131064: "Limited due to misclassified templates",
    132000: "Template Param Count Mismatch",
    132001: "Template does not exist",
    132005: "Template Hydrated Text Too Long",
    132007: "Template Format Character Policy Violated",
    132012: "Template Parameter Format Mismatch",
    132015: "Template is Paused",
    132016: "Template is Disabled",
    132018: "Template parameters have an issue",
    132068: "Flow is in blocked state",
    132069: "Flow is in throttled state",
    133000: "Incomplete deregistration",
    133004: "Server temporarily unavailable",
    133005: "Two step verification PIN mismatch",
    133006: "Phone number re-verification needed",
    133008: "Too many two step verification PIN guesses",
    133009: "Two step verification PIN guessed too fast",
    133010: "Phone number not registered",
    133015: "Please wait a few minutes before attempting to register this phone number",
    133016: "Account register deregister rate limit exceeded",
    134100: "Only marketing messages supported",
    134101: "Template is still syncing",
    134102: "Template unavailable for use",
    135000: "Generic user error",
    137000: "User identity key mismatch",
    2494100: "Account in maintenance mode",
}
DETAILS = {
    100: "The request included one or more unsupported or misspelled parameters.",
    368: (
        "The WhatsApp Business Account associated with the app has been restricted or disabled for violating a "
        "platform policy."
    ),
    80007: "The WhatsApp Business Account has reached its rate limit.",
    130429: "Cloud API message throughput has been reached.",
    130472: "Message was not sent as part of an experiment.",
    131000: "Message failed to send due to an unknown error.",
    131008: "The request is missing a required parameter.",
    131009: "One or more parameter values are invalid.",
    131016: "A service is temporarily unavailable.",
    131021: "Sender and recipient phone number is the same.",
    131026: "Unable to deliver message. Reasons can include that the recipient is not on WhatsApp.",
    131042: "There was an error related to your payment method.",
    131047: "More than 24 hours have passed since the recipient last replied to the sender number.",
    131048: (
        "Message failed to send because there are restrictions on how many messages can be sent from this phone "
        "number. This may be because too many previous messages were blocked or flagged as spam."
    ),
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: (
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp "
        "from your business."
    ),
    131051: "Unsupported message type.",
    131052: "Unable to download the media sent by the user.",
    131053: "Unable to upload the media used in the message.",
    131056: (
        "Too many messages sent from the sender phone number to the same recipient phone number in a short period "
        "of time."
    ),
    132000: (
        "The number of variable parameter values included in the request did not match the number of variable "
        "parameters defined in the template."
    ),
    132001: "The template does not exist in the specified language or the template has not been approved.",
    132005: "Translated text is too long.",
    132007: "Template content violates a WhatsApp policy.",
    132012: "Variable parameter values formatted incorrectly.",
    132015: "Template is paused due to low quality so it cannot be sent in a template message.",
    132016: "Template has been paused too many times due to low quality and is now permanently disabled.",
}
STATUS = {
    **dict.fromkeys((0, 190), 401),
    **dict.fromkeys((10, 200, 368, 130497, 131031), 403),
    **dict.fromkeys((2, 3, 131000, 131016), 500),
    132001: 404,
    133004: 503,
}
# the Graph API's own, older than the Cloud API: no number before their words
PLAIN = frozenset({0, 1, 2, 190})
TRANSIENT = frozenset({1, 2})
# what is wrong with a template that is created or edited: Graph's subcodes of 100, with their titles
TEMPLATE_TITLES = {
    2388019: "Message template limit exceeded",
    2388023: "Message template language is being deleted",
    2388024: "Content in this language already exists",
    2388039: "Message template status cannot be changed",
    2388040: "Character limit exceeded",
    2388047: "Message header format is incorrect",
    2388072: "Message body format is incorrect",
    2388073: "Message footer format is incorrect",
    2388293: "Message template parameter words ratio exceeds limit",
    2388299: "Message template leading or trailing params are not allowed",
}
