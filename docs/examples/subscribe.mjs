// Prints tickets as they happen. MUSUBI_AMQP_URL=amqp://… node subscribe.mjs [exchange pattern]
import amqp from "amqplib";

const [exchange = "tickets.events", pattern = "ticket.#"] = process.argv.slice(2);
const channel = await (await amqp.connect(process.env.MUSUBI_AMQP_URL)).createChannel();
await channel.assertExchange(exchange, "topic", { durable: true });
const { queue } = await channel.assertQueue("", { exclusive: true });
await channel.bindQueue(queue, exchange, pattern);
await channel.consume(queue, (message) => {
  const event = JSON.parse(message.content.toString());
  console.log(event.type, event.subject, JSON.stringify(event.data));
  channel.ack(message);
});
console.log("listening");
