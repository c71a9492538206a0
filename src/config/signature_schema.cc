// SPDX-License-Identifier: MIT
#include "signature_schema.h"

#include "pastmon/base/clock.h"

namespace pastmon::config {
namespace {

constexpr std::int64_t kMaxPattern = 16'384;
constexpr std::int64_t kMaxName = 200;
constexpr std::int64_t kMaxMessage = 1LL << 40U;
constexpr std::int64_t kDay = 86'400 * base::kSecond;

const std::vector<std::string_view>& framings() {
  static const std::vector<std::string_view> names = {"datagram", "turn", "line",      "length", "http", "tls",  "resp",
                                                      "ber",      "imap", "memcached", "rpc",    "smb2", "http2"};
  return names;
}

Key pattern(std::string_view name, std::string_view description) {
  return {.name = name, .type = Type::text, .max = kMaxPattern, .description = description};
}
Key flag(std::string_view name, std::string_view description) {
  return {.name = name, .type = Type::boolean, .initial = "false", .description = description};
}

const Schema& length_schema() {
  static const Schema schema{"section length",
                             {{.name = "offset",
                               .type = Type::integer,
                               .min = 0,
                               .max = 64,
                               .initial = "0",
                               .description = "bytes in front of the number"},
                              {.name = "width",
                               .type = Type::integer,
                               .min = 0,
                               .max = 8,
                               .initial = "4",
                               .description = "bytes of the number; 0: every message has `adjust` bytes"},
                              {.name = "order",
                               .type = Type::text,
                               .choices = {"big", "little", "varint"},
                               .initial = "big",
                               .description = "byte order, or 7 bits a byte"},
                              {.name = "adjust",
                               .type = Type::integer,
                               .min = -4'096,
                               .max = 1 << 20,
                               .initial = "0",
                               .description = "bytes of the message that the number does not count"},
                              {.name = "align",
                               .type = Type::integer,
                               .min = 1,
                               .max = 4'096,
                               .initial = "1",
                               .description = "the number is rounded up to a multiple of it"},
                              {.name = "max",
                               .type = Type::size,
                               .min = 1,
                               .max = kMaxMessage,
                               .initial = "16M",
                               .description = "a larger number is none of this protocol"},
                              flag("join", "a number with all bits set: the next message belongs to this one"),
                              {.name = "bits",
                               .type = Type::integer,
                               .min = 1,
                               .max = 64,
                               .initial = "64",
                               .description = "the lowest bits of the number that count"},
                              {.name = "pad_at",
                               .type = Type::integer,
                               .min = 0,
                               .max = 64,
                               .description = "place of one byte that says how many bytes of padding follow"},
                              {.name = "hide",
                               .type = Type::integer,
                               .min = 0,
                               .max = 64,
                               .initial = "0",
                               .description = "leading bytes that patterns do not see"}}};
  return schema;
}

const Schema& other_framing_schema() {
  static const Schema schema{
      "section first_message or other_message",
      {{.name = "when",
        .type = Type::text,
        .required = true,
        .min = 1,
        .max = kMaxPattern,
        .description = "pattern of the messages that are framed so"},
       {.name = "framing",
        .type = Type::text,
        .choices = framings(),
        .initial = "length",
        .description = "how they are framed"},
       {.name = "length", .type = Type::group, .description = "for framing = \"length\"", .group = &length_schema()}}};
  return schema;
}

const Schema& carrier_schema() {
  static const Schema schema{
      "section over",
      {{.name = "transport",
        .type = Type::text,
        .required = true,
        .choices = {"tcp", "udp", "icmp", "icmpv6"},
        .description = "what carries the service"},
       {.name = "framing",
        .type = Type::text,
        .required = true,
        .choices = framings(),
        .description = "where messages begin and end"},
       {.name = "length", .type = Type::group, .description = "for framing = \"length\"", .group = &length_schema()},
       {.name = "first_message",
        .type = Type::groups,
        .description = "another framing for the client's opening messages",
        .group = &other_framing_schema()},
       {.name = "other_message",
        .type = Type::groups,
        .description = "another framing for messages of either side that begin so",
        .group = &other_framing_schema()},
       {.name = "ports", .type = Type::integers, .min = 1, .max = 65'535, .description = "usual server ports: a hint"},
       flag("ports_only", "the service is looked for on these ports only")}};
  return schema;
}

const Schema& upgrade_schema() {
  static const Schema schema{"section upgrade",
                             {{.name = "response",
                               .type = Type::text,
                               .required = true,
                               .min = 1,
                               .max = kMaxPattern,
                               .description = "message of the response that says so"},
                              {.name = "to",
                               .type = Type::text,
                               .required = true,
                               .min = 1,
                               .max = kMaxName,
                               .description = "name of a service, or \"*\": whatever comes"},
                              {.name = "goes_on_as",
                               .type = Type::text,
                               .max = kMaxName,
                               .description = "0xhex: the request is answered there, as one that begins so"}}};
  return schema;
}

const Schema& rename_schema() {
  static const Schema schema{"section rename",
                             {{.name = "response",
                               .type = Type::text,
                               .required = true,
                               .min = 1,
                               .max = kMaxPattern,
                               .description = "message of the response"},
                              {.name = "name",
                               .type = Type::text,
                               .required = true,
                               .min = 1,
                               .max = kMaxName,
                               .description = "the transaction's name then"}}};
  return schema;
}

const Schema& expect_schema() {
  static const Schema schema{"section expect",
                             {pattern("request", "message of the client that announces a connection to it"),
                              pattern("response", "message of the server that announces a connection to it"),
                              {.name = "service",
                               .type = Type::text,
                               .required = true,
                               .min = 1,
                               .max = kMaxName,
                               .description = "name of the service that the connection speaks"}}};
  return schema;
}

const Schema& signature_schema() {
  static const Schema schema{
      "section signatures",
      {{.name = "name",
        .type = Type::text,
        .required = true,
        .min = 1,
        .max = kMaxName,
        .description = "name of the row; {group} stands for a value"},
       {.name = "values", .type = Type::open, .description = "closed list of values for each group of the name"},
       flag("fold_case", "values are found in any case"),
       pattern("request", "first message of the request"),
       pattern("request_end", "message that ends a request of several messages"),
       pattern("request_part", "messages that go on with the open request of their id"),
       pattern("request_more", "messages that go on with the request after an interim answer"),
       {.name = "request_until",
        .type = Type::text,
        .choices = {"turn"},
        .description = "\"turn\": the request runs until the server speaks"},
       pattern("response", "first message of the response"),
       pattern("response_only", "a first message that is the whole response"),
       pattern("response_end", "message that ends a response of several messages"),
       {.name = "response_until",
        .type = Type::text,
        .choices = {"turn"},
        .description = "\"turn\": the response runs until the next request"},
       pattern("response_next", "message that begins the response to the next request, if one is open"),
       pattern("response_skips", "message of the server that is no part of the response in whose turn it comes"),
       pattern("response_pauses", "message of the response behind which the client's turn does not end it"),
       {.name = "response_bytes",
        .type = Type::integer,
        .min = 1,
        .max = 65'535,
        .description = "the response is so many bytes"},
       pattern("interim", "an answer that is neither first byte nor end"),
       pattern("error", "what makes an answered transaction an error"),
       {.name = "after",
        .type = Type::text,
        .max = kMaxName,
        .description = "name of the transaction that this one follows"},
       pattern("after_response", "… if its response was this"),
       {.name = "observe", .type = Type::text, .max = 32, .description = "responses are handed on under this word"},
       {.name = "observe_request", .type = Type::text, .max = 32, .description = "requests are handed on likewise"},
       {.name = "request_upgrade",
        .type = Type::text,
        .max = kMaxName,
        .description = "service that takes over behind this request, or \"*\""},
       {.name = "upgrade",
        .type = Type::groups,
        .description = "another service takes over",
        .group = &upgrade_schema()},
       {.name = "rename",
        .type = Type::groups,
        .description = "the response decides the name",
        .group = &rename_schema()},
       flag("greeting", "the server speaks first, when the connection stands"),
       flag("no_reply", "no answer is expected"),
       {.name = "mutes",
        .type = Type::text,
        .choices = {"next", "all", "none"},
        .description = "which requests from this one on get no answer"},
       flag("wait", "the answer comes when something happens: counted, not timed"),
       flag("early_waits", "the same when the response begins before the request's end"),
       flag("estimated", "a guess by turns: never unanswered"),
       flag("chunks", "each message of a request is answered, and only the last answer is the response"),
       flag("alone", "until the response begins, the client's other messages ask nothing"),
       flag("silent", "no transaction, packets only"),
       {.name = "recognise",
        .type = Type::text,
        .choices = {"request", "either", "pair", "exchange", "port", "never"},
        .description = "instead of the service's"},
       {.name = "timeout",
        .type = Type::duration,
        .min = base::kSecond / 10,
        .max = kDay,
        .initial = "30s",
        .description = "datagrams: how long an answer may take"}}};
  return schema;
}

const Schema& service_schema() {
  static const Schema schema{"section service",
                             {{.name = "name",
                               .type = Type::text,
                               .required = true,
                               .min = 1,
                               .max = kMaxName,
                               .description = "name of the service"},
                              {.name = "over",
                               .type = Type::groups,
                               .required = true,
                               .description = "what carries it",
                               .group = &carrier_schema()},
                              {.name = "pairing",
                               .type = Type::text,
                               .choices = {"order", "id", "match"},
                               .initial = "order",
                               .description = "how a response finds its request"},
                              {.name = "scope",
                               .type = Type::text,
                               .choices = {"flow", "id", "client"},
                               .initial = "flow",
                               .description = "where the response of a request may come"},
                              {.name = "recognise",
                               .type = Type::text,
                               .choices = {"request", "either", "pair", "both", "exchange", "port", "never"},
                               .initial = "request",
                               .description = "what proves that a conversation is this service"},
                              {.name = "part_of",
                               .type = Type::text,
                               .max = kMaxName,
                               .description = "a service whose names this one may give, too"},
                              {.name = "window",
                               .type = Type::integer,
                               .min = 64,
                               .max = 4'096,
                               .initial = "256",
                               .description = "bytes of a message that patterns see"},
                              flag("in_order", "requests with the same id are answered in their order"),
                              flag("repeats", "datagrams: an id is used once"),
                              flag("both_ways", "either side may ask"),
                              pattern("untagged", "messages without id that go on with the oldest open request"),
                              pattern("ignore", "messages of the server that answer nothing"),
                              pattern("abort", "messages of either side that end the transaction of their id"),
                              pattern("abort_above", "messages that end the transactions with larger ids"),
                              pattern("closes", "messages of the server that end all transactions of their first id"),
                              pattern("ignore_request", "messages of the client that ask nothing"),
                              {.name = "expect",
                               .type = Type::groups,
                               .description = "connections that its messages announce",
                               .group = &expect_schema()},
                              {.name = "signatures",
                               .type = Type::groups,
                               .description = "kinds of transactions",
                               .group = &signature_schema()}}};
  return schema;
}

}  // namespace

const Schema& signature_file_schema() {
  static const Schema schema{"the file",
                             {{.name = "service",
                               .type = Type::groups,
                               .required = true,
                               .description = "services",
                               .group = &service_schema()}}};
  return schema;
}

}  // namespace pastmon::config
