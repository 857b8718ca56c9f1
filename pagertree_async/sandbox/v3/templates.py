"""The rules that a new router begins with, as YAML texts."""

TEMPLATES = {
    "router": """\
# Where an alert goes. The first rule that matches decides; without a match the default receiver gets it.
version: 1
rules:
  - match:
      - field: alert.urgency
        operator: equals
        value: low
    actions:
      - type: set
        field: alert.urgency
        value: silent
  - always: true
    actions:
      - type: assign
        receiver: default
""",
    "notification": """\
# How a user hears of an alert: a delay in minutes, then the channels to use.
version: 1
rules:
  - match:
      - field: alert.urgency
        operator: in
        value: [high, critical]
    notify:
      - {after: 0, channels: [push, email]}
      - {after: 5, channels: [sms, voice]}
  - always: true
    notify:
      - {after: 0, channels: [push]}
""",
}
"""The text by the router's type."""
