"""librdkafka, driven by JSON lines on standard input; the lines are those of KafkaForeign.java. Bytes are base64."""

import base64
import json
import sys

from confluent_kafka import Consumer, Producer, TopicPartition


def raw(text):
    return None if text is None else base64.b64decode(text)


def text(raw):
    return None if raw is None else base64.b64encode(raw).decode()


def opened(config):
    producer = Producer(config)
    if "transactional.id" in config:
        producer.init_transactions(60)
    return producer


def act(producer, what):
    # An abort drops what has not been sent: only what lies in the log is worth a test.
    if what != "begin":
        producer.flush()
    if what != "flush":
        getattr(producer, f"{what}_transaction")()


def write(config, lines):
    written, producers, producer = [], {}, None
    for line in lines:
        step = json.loads(line)
        if "do" in step:
            act(producer, step["do"])
            continue
        if "producer" in step:
            name = step["producer"]
            if name not in producers:
                producers[name] = opened({**config, **step["config"]})
            producer = producers[name]
            continue
        r = step["record"]
        place = len(written)
        written.append(None)

        def told(error, message, place=place):
            if error is not None:
                raise SystemExit(str(error))
            written[place] = {"topic": message.topic(), "partition": message.partition(), "offset": message.offset(), "timestamp": message.timestamp()[1]}

        more = {name: r[name] for name in ("partition", "timestamp") if r.get(name) is not None}
        headers = [(key, raw(value)) for key, value in r["headers"]]
        producer.produce(r["topic"], value=raw(r["value"]), key=raw(r["key"]), headers=headers, on_delivery=told, **more)
        producer.poll(0)
    for one in producers.values():
        one.flush()
    for one in written:
        print(json.dumps(one))


def read(config, lines):
    # A group must be named, though none is joined. A position that does not exist is an error, never a silent jump to the end.
    preset = {"group.id": "unused", "enable.auto.commit": False, "auto.offset.reset": "error"}
    consumer = Consumer({**preset, **config})
    topics = json.loads(next(lines))["topics"]
    ends = {}
    for topic in topics:
        for partition in consumer.list_topics(topic, 30).topics[topic].partitions:
            low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), 30)
            if low < high:
                ends[(topic, partition)] = high
    consumer.assign([TopicPartition(topic, partition, 0) for topic, partition in ends])
    while any(p.offset < ends[(p.topic, p.partition)] for p in consumer.position([TopicPartition(*at) for at in ends])):
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error():
            raise SystemExit(str(message.error()))
        kind, timestamp = message.timestamp()
        headers = [[key, text(value)] for key, value in message.headers() or []]
        seen = {"topic": message.topic(), "partition": message.partition(), "offset": message.offset()}
        seen |= {"timestamp": timestamp, "timestampType": kind - 1, "key": text(message.key()), "value": text(message.value()), "headers": headers}
        print(json.dumps(seen))
    consumer.close()


head = json.loads(next(sys.stdin))
{"write": write, "read": read}[sys.argv[1]](head["config"], sys.stdin)
