"""The names and arguments of everything that we declare at the broker.

A change of a queue's arguments is a migration: RabbitMQ refuses to declare a queue that exists
with others. Give the queue a new name, bind it, let the old one run empty, delete it.
"""

from __future__ import annotations

from kombu.entity import Exchange, Queue

HEADS_KEY = "heads"

# RabbitMQ 4 drops a message after 20 deliveries unless told otherwise, 3.10 never; both accept a
# large number, only 4 accepts -1. Failures are counted and parked by us, not by the broker.
DELIVERY_LIMIT = 1_000_000
# A consumer that stays away must not fill the broker's disk: the oldest are dropped and fetched
# again from the source's log.
MOST_WAITING = 200_000


def events_exchange(source: str) -> Exchange:
    """The topic exchange on which ``source`` publishes its log."""
    return Exchange(f"{source}.events", type="topic", durable=True)


def subscription_queue(consumer: str, source: str) -> Queue:
    """The one ordered queue of ``consumer`` for all that ``source`` publishes."""
    return Queue(
        f"{consumer}.from.{source}",
        exchange=events_exchange(source),
        routing_key="#",
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length": MOST_WAITING,
        },
    )
