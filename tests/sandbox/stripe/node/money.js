// Money with Stripe's own package for Node: checkout, a refused card, previews, refunds; prints what it saw.
import Stripe from "stripe";

const [port, apiVersion] = process.argv.slice(2);
const key = ["sk", "test", "0".repeat(24)].join("_");
const stripe = new Stripe(key, {
  apiVersion, host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 2, telemetry: false,
});

const caught = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return { type: error.type, code: error.code, decline: error.decline_code, param: error.param };
  }
  return null;
};

const product = await stripe.products.create({ name: "Pro" });
const monthly = { currency: "eur", product: product.id, recurring: { interval: "month" } };
const price = await stripe.prices.create({ ...monthly, unit_amount: 1900 });
const dear = await stripe.prices.create({ ...monthly, unit_amount: 5900 });
const coupon = await stripe.coupons.create({ percent_off: 50, duration: "once" });
await stripe.promotionCodes.create({ code: "HALF", promotion: { type: "coupon", coupon: coupon.id } });
const session = await stripe.checkout.sessions.create({
  mode: "subscription",
  line_items: [{ price: price.id, quantity: 1 }],
  allow_promotion_codes: true,
  success_url: `http://127.0.0.1:${port}/healthz`,
});
const card = { number: "4242424242424242", expiry: "12 / 34", cvc: "123", name: "Ada", email: "ada@example.com" };
const send = (fields) => fetch(session.url, { method: "POST", body: new URLSearchParams({ ...card, ...fields }) });
await send({ action: "redeem", code: "HALF" });
const refused = (await send({ number: "4000000000000002" })).status;
await send({});
const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription", "invoice.payments"] });
const [item] = done.subscription.items.data;
const preview = await stripe.invoices.createPreview({
  subscription: done.subscription.id,
  subscription_details: { items: [{ id: item.id, price: dear.id }], proration_behavior: "always_invoice" },
});
const intent = done.invoice.payments.data[0].payment.payment_intent;
await stripe.refunds.create({ payment_intent: intent, amount: 100 });
const rest = await stripe.refunds.create({ payment_intent: intent });
const declined = await caught(stripe.paymentIntents.create({
  amount: 500, currency: "eur", confirm: true, payment_method: "pm_card_visa_chargeDeclinedInsufficientFunds",
}));
const unknown = await caught(stripe.customers.create({ no_such_thing: "x" }));
const portal = await stripe.billingPortal.sessions.create({ customer: done.customer });
const types = [];
for await (const event of stripe.events.list({ limit: 7 })) types.push(event.type);
const payload = JSON.stringify({ id: "evt_1", object: "event" });
const header = stripe.webhooks.generateTestHeaderString({ payload, secret: "one" });
let signature = "taken";
try {
  stripe.webhooks.constructEvent(payload, header, "another");
} catch (error) {
  signature = error.type;
}

console.log(JSON.stringify({
  refused,
  paid: done.amount_total,
  status: done.subscription.status,
  preview: preview.total,
  rest: rest.amount,
  declined,
  unknown,
  portal: (await fetch(portal.url)).status,
  completed: types.filter((type) => type === "checkout.session.completed").length,
  more: types.length > 14,
  signature,
}));
