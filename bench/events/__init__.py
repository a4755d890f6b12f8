"""Events alone: outbox, broker and inbox through the chassis, against plain py-amqp on a quorum queue."""
