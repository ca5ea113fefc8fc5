// Drives the sandbox with Stripe's own package for Node; prints what it saw as JSON.
import Stripe from "stripe";

const [port, apiVersion] = process.argv.slice(2);
const key = ["sk", "test", "0".repeat(24)].join("_");
const stripe = new Stripe(key, {
  apiVersion, host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 2, telemetry: false,
});

const endpoint = await stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/", enabled_events: ["*"] });
const product = await stripe.products.create({ name: "Pro", metadata: { plan: "pro" } });
const price = await stripe.prices.create({
  product: product.id, currency: "eur", unit_amount: 1900, recurring: { interval: "month" }, lookup_key: "pro",
});
const customer = await stripe.customers.create({ email: "ada@example.com", payment_method: "pm_card_visa" });
const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
const subscription = await stripe.subscriptions.create(
  {
    customer: customer.id,
    items: [{ price: price.id, quantity: 2 }],
    default_payment_method: method.id,
    expand: ["latest_invoice.payments"],
  },
  { idempotencyKey: "order-7" },
);
const again = await stripe.subscriptions.create(
  {
    customer: customer.id,
    items: [{ price: price.id, quantity: 2 }],
    default_payment_method: method.id,
    expand: ["latest_invoice.payments"],
  },
  { idempotencyKey: "order-7" },
);
const session = await stripe.checkout.sessions.create({
  mode: "subscription",
  line_items: [{ price: price.id, quantity: 1 }],
  success_url: "http://127.0.0.1:9/thanks",
});
for (let n = 0; n < 12; n += 1) await stripe.customers.create({ name: `Customer ${n}` });
const names = [];
for await (const each of stripe.customers.list({ limit: 5 })) names.push(each.id);
let missing;
try {
  await stripe.customers.retrieve("cus_x");
} catch (error) {
  missing = { type: error.type, code: error.code, statusCode: error.statusCode, message: error.message };
}
const payload = JSON.stringify({ id: "evt_1", object: "event" });
const header = stripe.webhooks.generateTestHeaderString({ payload, secret: endpoint.secret });
const event = stripe.webhooks.constructEvent(payload, header, endpoint.secret);
const cancelled = await stripe.subscriptions.cancel(subscription.id);

console.log(JSON.stringify({
  status: subscription.status,
  paid: subscription.latest_invoice.amount_paid,
  payment: subscription.latest_invoice.payments.data[0].status,
  replayed: again.id === subscription.id,
  url: session.url,
  customers: new Set(names).size,
  missing,
  event: event.id,
  end: cancelled.status,
}));
