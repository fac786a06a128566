import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own Java clients, driven by JSON lines on standard input; bytes are base64.
 * write { "config": { Java client settings } }
 *   Then a step a line: { "producer": name, "config": {…} } goes on with the producer of that name, opened with config on top of the first line's;
 *   { "record": { topic, partition?, key, value, headers, timestamp? } }; { "do": "begin" | "commit" | "abort" | "flush" }.
 *   Prints where each record came to lie, in the order of the steps.
 * read { "config": … }
 *   Then one line { "topics": […] }. Prints every record from the first to the end as it is at the start.
 */
public class KafkaForeign {
  static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    JsonNode head = JSON.readTree(in.readLine());
    Properties config = settings(head.get("config"));
    if (args[0].equals("write")) write(config, in);
    else read(config, in);
  }

  static Properties settings(JsonNode config) {
    Properties settings = new Properties();
    for (Map.Entry<String, JsonNode> entry : config.properties()) settings.put(entry.getKey(), entry.getValue().asText());
    return settings;
  }

  static void write(Properties config, BufferedReader in) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
    KafkaProducer<byte[], byte[]> producer = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode step = JSON.readTree(line);
      if (step.has("record")) sent.add(producer.send(record(step.get("record"))));
      else if (step.has("do")) act(producer, step.get("do").asText());
      else producer = producers.computeIfAbsent(step.get("producer").asText(), name -> open(config, step.get("config")));
    }
    for (KafkaProducer<byte[], byte[]> one : producers.values()) one.close();
    for (Future<RecordMetadata> one : sent) print(written(one.get()));
  }

  static KafkaProducer<byte[], byte[]> open(Properties common, JsonNode more) {
    Properties config = new Properties();
    config.putAll(common);
    config.putAll(settings(more));
    KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    if (config.containsKey("transactional.id")) producer.initTransactions();
    return producer;
  }

  static void act(KafkaProducer<byte[], byte[]> producer, String what) {
    // An abort drops what has not been sent: only what lies in the log is worth a test.
    if (!what.equals("begin")) producer.flush();
    switch (what) {
      case "begin" -> producer.beginTransaction();
      case "commit" -> producer.commitTransaction();
      case "abort" -> producer.abortTransaction();
      default -> { }
    }
  }

  static ProducerRecord<byte[], byte[]> record(JsonNode r) throws IOException {
    Integer partition = r.hasNonNull("partition") ? r.get("partition").asInt() : null;
    Long timestamp = r.hasNonNull("timestamp") ? r.get("timestamp").asLong() : null;
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(r.get("topic").asText(), partition, timestamp, bytes(r.get("key")), bytes(r.get("value")));
    for (JsonNode header : r.get("headers")) record.headers().add(header.get(0).asText(), bytes(header.get(1)));
    return record;
  }

  static ObjectNode written(RecordMetadata at) {
    return JSON.createObjectNode().put("topic", at.topic()).put("partition", at.partition()).put("offset", at.offset()).put("timestamp", at.timestamp());
  }

  static void read(Properties config, BufferedReader in) throws IOException {
    List<TopicPartition> partitions = new ArrayList<>();
    // A position that does not exist is an error, never a silent jump to the end.
    config.putIfAbsent("auto.offset.reset", "none");
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (JsonNode topic : JSON.readTree(in.readLine()).get("topics")) {
        List<PartitionInfo> found = consumer.partitionsFor(topic.asText());
        // An unknown topic is an empty list to this client.
        if (found.isEmpty()) throw new IllegalStateException("there is no topic " + topic.asText());
        found.forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
      }
      consumer.assign(partitions);
      consumer.beginningOffsets(partitions).forEach(consumer::seek);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p)))
        for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(100)))
          if (r.offset() < ends.get(new TopicPartition(r.topic(), r.partition()))) print(seen(r));
    }
  }

  static ObjectNode seen(ConsumerRecord<byte[], byte[]> r) {
    ObjectNode out = JSON.createObjectNode().put("topic", r.topic()).put("partition", r.partition()).put("offset", r.offset());
    out.put("timestamp", r.timestamp()).put("timestampType", r.timestampType().id);
    out.put("key", text(r.key())).put("value", text(r.value()));
    ArrayNode headers = out.putArray("headers");
    for (Header header : r.headers()) headers.addArray().add(header.key()).add(text(header.value()));
    return out;
  }

  static byte[] bytes(JsonNode node) {
    return node == null || node.isNull() ? null : Base64.getDecoder().decode(node.asText());
  }

  static String text(byte[] bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
  }

  static void print(ObjectNode line) throws IOException {
    System.out.println(JSON.writeValueAsString(line));
  }
}
