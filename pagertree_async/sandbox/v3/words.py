"""The words that the seeded account is made of."""

EPOCH = 1_767_225_600
"""When a seeded account's past ends unless it is told otherwise, 2026-01-01T00:00:00Z, in unix seconds; it was set up 400 days before."""

ACCOUNT = "Northwind Logistics"

USERS = (
    ("Alex Rivera", "America/Los_Angeles"),
    ("Priya Raman", "America/Los_Angeles"),
    ("Jonas Weiß", "Europe/Berlin"),
    ("Zoë Lindqvist", "Europe/Stockholm"),
    ("Marta Kowalczyk", "Europe/Warsaw"),
    ("Kenji 田中", "Asia/Tokyo"),
    ("Grace Okafor", "Europe/London"),
    ("Tomás Herrera", "America/New_York"),
    ("Dana Whitfield", "America/Los_Angeles"),
    ("Łukasz Nowak", "Europe/Berlin"),
    ("Yuki 佐藤", "Asia/Tokyo"),
    ("Samuel Brandt", "America/New_York"),
)
"""Names with time zones; the first is the administrator."""

MAIL_NAMES = (
    "alex.rivera",
    "priya.raman",
    "jonas.weiss",
    "zoe.lindqvist",
    "marta.kowalczyk",
    "kenji.tanaka",
    "grace.okafor",
    "tomas.herrera",
    "dana.whitfield",
    "lukasz.nowak",
    "yuki.sato",
    "samuel.brandt",
)
"""What stands before the @ of each user's e-mail address."""

TEAMS = (
    ("Platform", "Clusters, networks and everything below the services", (0, 1, 8)),
    ("Payments", "Checkout, invoices and the bank interfaces", (2, 3, 4, 9)),
    ("Data", "Warehouse, streams and the 夜間バッチ", (5, 10)),
    ("Customer Support", "What customers see, around the clock", (6, 7, 11)),
)
"""Name, description and the members by their place among the users."""

INTEGRATIONS = (
    ("Prometheus", "webhook", "high", 0),
    ("Datadog", "webhook", "critical", 0),
    ("Stripe webhooks", "webhook", "high", 1),
    ("Nightly jobs", "email", "medium", 2),
    ("Zendesk", "webhook", "low", 3),
    ("Statuspage", "webhook", "low", 3),
)
"""Name, type, urgency and the team it alerts."""

SERVICES = (
    ("checkout-api", "db-primary", "redis-cache", "edge-proxy", "k8s-node-17", "dns-resolver"),
    ("invoice-worker", "card-gateway", "sepa-export", "ledger-db", "fraud-score"),
    ("kafka-03", "warehouse-loader", "spark-nightly", "在庫-sync", "feature-store"),
    ("help-center", "live-chat", "mail-inbound", "mobile-app", "café-kiosk"),
)
"""What breaks, by team."""

TROUBLES = (
    ("Disk usage above {n} % on {it}", "storage"),
    ("{it} answers {n} % of its requests with 5xx", "errors"),
    ("p99 latency of {it} is {n}00 ms", "latency"),
    ("{it} has not reported for {n} minutes", "heartbeat"),
    ("Certificate of {it} expires in {n} days", "tls"),
    ("Queue of {it} holds {n}000 messages", "backlog"),
    ("{it} restarted {n} times in an hour", "crashloop"),
    ("CPU of {it} at {n} % for ten minutes", "cpu"),
    ("Backup of {it} failed — {n} files skipped", "backup"),
    ("Überlast auf {it}: {n} Verbindungen warten", "capacity"),
)
"""What goes wrong, with the tag that says what kind of thing it is."""

URGENCIES = (("low", 2), ("medium", 3), ("high", 5), ("critical", 2), ("silent", 1))
"""The urgencies, each with how often it comes."""

STAKEHOLDERS = (("Management", (0, 6)), ("Key account managers", (7, 11)), ("Compliance", (3,)))
"""Name and users."""

AUTOMATIONS = ("Restart pods", "Scale out", "Open a bridge", "Purge the CDN", "Post to the statuspage")

BROADCASTS = (
    "Maintenance of db-primary on Saturday, 22:00 UTC",
    "New escalation rules from Monday on",
    "Phishing mails in circulation — please don't click",
    "年末年始の当番について",
)

CHANGES = ("disk full", "bad deploy", "expired certificate", "network loss at the provider")
"""What incidents turn out to be."""
