// A page of a shop, as its authors would write it: every field, null and status is known from the
// OpenAPI document, so nothing here is asserted, cast or guessed.

import createClient from "openapi-fetch";
import type { components, paths } from "./api";

type Schemas = components["schemas"];
type Order = Schemas["Order"];

const api = createClient<paths>({
  baseUrl: "https://api.example.com",
  headers: { Authorization: "Bearer token" },
});

function refused(problem: Schemas["Problem"]): Error {
  switch (problem.type) {
    case "/problems/order-not-payable":
      return new Error("it cannot be paid any more");
    default: {
      const fields = problem.errors ?? [];
      return new Error([problem.detail, ...fields.map((field) => field.pointer)].join("; "));
    }
  }
}

function unreachable(word: never): never {
  throw new Error(`a word that the document does not have: ${word}`);
}

async function shelf(): Promise<string[]> {
  const { data: page, error } = await api.GET("/api/products", {
    params: { query: { limit: 10, category: "saas-starters" } },
  });
  if (error) throw refused(error);
  return page.data.map((product) => {
    const extended = product.licenses.extended?.price ?? product.price;
    return `${product.id} ${product.title}: ${extended.toFixed(2)} ${product.currency}`;
  });
}

async function bought(productId: string): Promise<string> {
  const { data: placed, error } = await api.POST("/api/orders", {
    params: { header: { "Idempotency-Key": "one-click" } },
    body: { product_id: productId, license_type: "extended" },
  });
  if (error) throw refused(error);
  return placed.order_id;
}

function told(order: Order): string | null {
  switch (order.status) {
    case "pending":
    case "processing":
      return null;
    case "completed":
      return `yours since ${order.paid_at ?? order.created_at}`;
    case "partially_refunded":
    case "refunded":
      return `${order.refunded} ${order.currency} came back`;
    case "disputed":
      return order.disputes.map((dispute) => dispute.reason).join(", ");
    case "failed":
    case "expired":
      return order.failure_code ?? "it was not paid";
    default:
      return unreachable(order.status);
  }
}

async function polled(orderId: string): Promise<string> {
  for (;;) {
    const { data: order, error } = await api.GET("/api/orders/{order_id}", {
      params: { path: { order_id: orderId } },
    });
    if (error) throw refused(error);
    const news = told(order);
    if (news !== null) return news;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function followed(orderId: string): Promise<void> {
  const { data: stream, error } = await api.GET("/api/orders/{order_id}/events", {
    params: { path: { order_id: orderId } },
    parseAs: "stream",
  });
  if (error) throw refused(error);
  if (stream === null) return;
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      if (data === undefined) continue;
      const order: Order = JSON.parse(data.slice(6));
      console.log(told(order));
    }
  }
}

async function owed(): Promise<void> {
  const { data: balance, error } = await api.GET("/api/seller/balance");
  if (error) throw refused(error);
  for (const { available, in_payout, currency } of balance.balances) {
    console.log(available + in_payout, currency);
  }
  for (const sale of balance.not_yet) {
    const until = sale.why_not_yet.map((part) => part.until ?? part.reason);
    console.log(sale.order_number, sale.pending, sale.owed_currency, until.join(", "));
  }
}

console.log(await shelf(), await polled(await bought("0199aa00-0000-7000-8000-000000000001")));
await followed("0199aa00-0000-7000-8000-000000000002");
await owed();
