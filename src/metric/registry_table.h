// SPDX-License-Identifier: MIT
// The table behind registry.h, in the order in which metrics are shown. Numbers are part of the stored format: a new
// metric takes the next free one, the number of a metric that is given up stays unused.
//
// Hot are the metrics that lists show, sort and filter by and that alarms will watch: outcomes, response and server
// time, volume, what tells of loss (retransmissions, resets, acknowledged gaps) and the verdict. With count, sum, min
// and max of both times they make 30 columns. All else is read one row group at a time, from `detail`.
#pragma once

#include "pastmon/metric/registry.h"

namespace pastmon::metric {

constexpr Info entry(Counter metric, std::uint8_t number, bool hot, Unit unit, std::string_view name,
                     std::string_view title, std::string_view description) {
  return {name, title, description, Kind::counter, unit, static_cast<std::uint8_t>(metric), number, hot};
}
constexpr Info entry(Size metric, std::uint8_t number, bool hot, Unit unit, std::string_view name,
                     std::string_view title, std::string_view description) {
  return {name, title, description, Kind::size, unit, static_cast<std::uint8_t>(metric), number, hot};
}
constexpr Info entry(Distribution metric, std::uint8_t number, bool hot, Unit unit, std::string_view name,
                     std::string_view title, std::string_view description) {
  return {name, title, description, Kind::distribution, unit, static_cast<std::uint8_t>(metric), number, hot};
}

/// The entry of an enumerator, whose name is the metric's name.
#define PASTMON_METRIC(enumeration, name, number, hot, unit, title, description) \
  entry(enumeration::name, number, hot, Unit::unit, #name, title, description)

// clang-format off
inline constexpr std::array kRegistry = {
    // Transactions
    PASTMON_METRIC(Counter, transactions, 1, true, transactions, "Transactions",
                   "Requests that came to an end, with or without an answer."),
    PASTMON_METRIC(Counter, answered, 2, true, transactions, "Answered",
                   "Transactions whose response came."),
    PASTMON_METRIC(Counter, unanswered, 3, true, transactions, "Unanswered",
                   "Transactions to which nothing came back."),
    PASTMON_METRIC(Counter, refused, 4, true, transactions, "Refused",
                   "Connections reset on their SYN, and requests that an ICMP unreachable turned down."),
    PASTMON_METRIC(Counter, aborted, 5, true, transactions, "Aborted",
                   "Transactions cut off by a reset or by the server before their response was complete."),
    PASTMON_METRIC(Counter, errors, 6, true, transactions, "Errors",
                   "Answered transactions whose response reports an error."),
    PASTMON_METRIC(Counter, early, 7, false, transactions, "Early responses",
                   "Responses that began before their request had ended."),
    PASTMON_METRIC(Counter, late, 8, false, transactions, "Late responses",
                   "Datagram responses that came after their time-out."),
    // Times of transactions
    PASTMON_METRIC(Distribution, response_time, 9, true, microseconds, "Response time",
                   "From the last byte of the request to the first byte of the response."),
    PASTMON_METRIC(Distribution, server_time, 10, true, microseconds, "Server time",
                   "Response time without the round trip to the server and without the loss of the request."),
    PASTMON_METRIC(Distribution, request_time, 11, false, microseconds, "Request time",
                   "From the first to the last byte of the request."),
    PASTMON_METRIC(Distribution, transfer_time, 12, false, microseconds, "Transfer time",
                   "From the first to the last byte of the response."),
    PASTMON_METRIC(Distribution, transaction_time, 13, false, microseconds, "Transaction time",
                   "From the first byte of the request to the last byte of the response."),
    // Sizes of transactions
    PASTMON_METRIC(Size, request_bytes, 14, false, bytes, "Request size",
                   "Application bytes of one request."),
    PASTMON_METRIC(Size, response_bytes, 15, false, bytes, "Response size",
                   "Application bytes of one response."),
    // Round trips
    PASTMON_METRIC(Distribution, connect_time, 16, false, microseconds, "Connect time",
                   "From the first SYN to the ACK that completes the handshake."),
    PASTMON_METRIC(Distribution, connect_rtt_server, 17, false, microseconds, "Connect round trip, server side",
                   "From SYN to SYN-ACK: between sensor and server."),
    PASTMON_METRIC(Distribution, connect_rtt_client, 18, false, microseconds, "Connect round trip, client side",
                   "From SYN-ACK to ACK: between sensor and client."),
    PASTMON_METRIC(Distribution, ack_rtt_server, 19, false, microseconds, "Acknowledgement round trip, server side",
                   "From a client's data segment to the server's ACK of its last byte."),
    PASTMON_METRIC(Distribution, ack_rtt_client, 20, false, microseconds, "Acknowledgement round trip, client side",
                   "From a server's data segment to the client's ACK of its last byte."),
    // Volume
    PASTMON_METRIC(Counter, packets_client, 21, true, packets, "Packets, client",
                   "Packets that the client sent."),
    PASTMON_METRIC(Counter, packets_server, 22, true, packets, "Packets, server",
                   "Packets that the server sent."),
    PASTMON_METRIC(Counter, bytes_client, 23, true, bytes, "Bytes, client",
                   "Bytes on the wire that the client sent."),
    PASTMON_METRIC(Counter, bytes_server, 24, true, bytes, "Bytes, server",
                   "Bytes on the wire that the server sent."),
    PASTMON_METRIC(Counter, payload_client, 25, false, bytes, "Payload, client",
                   "Transport payload bytes that the client sent, each counted once."),
    PASTMON_METRIC(Counter, payload_server, 26, false, bytes, "Payload, server",
                   "Transport payload bytes that the server sent, each counted once."),
    // TCP
    PASTMON_METRIC(Size, segment_size_client, 27, false, bytes, "Segment size, client",
                   "TCP payload of one data segment of the client."),
    PASTMON_METRIC(Size, segment_size_server, 28, false, bytes, "Segment size, server",
                   "TCP payload of one data segment of the server."),
    PASTMON_METRIC(Size, window_size_client, 29, false, bytes, "Window size, client",
                   "Receive window that one segment of the client advertised."),
    PASTMON_METRIC(Size, window_size_server, 30, false, bytes, "Window size, server",
                   "Receive window that one segment of the server advertised."),
    PASTMON_METRIC(Size, mss_client, 31, false, bytes, "Maximum segment size, client",
                   "MSS option of a SYN or SYN-ACK of the client."),
    PASTMON_METRIC(Size, mss_server, 32, false, bytes, "Maximum segment size, server",
                   "MSS option of a SYN or SYN-ACK of the server."),
    PASTMON_METRIC(Counter, zero_windows_client, 33, false, segments, "Zero windows, client",
                   "Segments in which the client advertised a receive window of zero."),
    PASTMON_METRIC(Counter, zero_windows_server, 34, false, segments, "Zero windows, server",
                   "Segments in which the server advertised a receive window of zero."),
    PASTMON_METRIC(Counter, retransmissions_client, 35, true, segments, "Retransmissions, client",
                   "Data segments that the client sent again."),
    PASTMON_METRIC(Counter, retransmissions_server, 36, true, segments, "Retransmissions, server",
                   "Data segments that the server sent again."),
    PASTMON_METRIC(Distribution, retransmission_delay_client, 37, false, microseconds, "Retransmission delay, client",
                   "From the first sighting of bytes of the client, or of their absence, to their retransmission."),
    PASTMON_METRIC(Distribution, retransmission_delay_server, 38, false, microseconds, "Retransmission delay, server",
                   "From the first sighting of bytes of the server, or of their absence, to their retransmission."),
    PASTMON_METRIC(Counter, out_of_order_client, 39, false, segments, "Out of order, client",
                   "Segments of the client that another segment overtook on the way."),
    PASTMON_METRIC(Counter, out_of_order_server, 40, false, segments, "Out of order, server",
                   "Segments of the server that another segment overtook on the way."),
    PASTMON_METRIC(Counter, duplicate_acks_client, 41, false, segments, "Duplicate ACKs, client",
                   "Duplicate acknowledgements that the client sent."),
    PASTMON_METRIC(Counter, duplicate_acks_server, 42, false, segments, "Duplicate ACKs, server",
                   "Duplicate acknowledgements that the server sent."),
    PASTMON_METRIC(Counter, resets_client, 43, true, segments, "Resets, client",
                   "RST segments that the client sent."),
    PASTMON_METRIC(Counter, resets_server, 44, true, segments, "Resets, server",
                   "RST segments that the server sent."),
    PASTMON_METRIC(Counter, ack_gaps_client, 45, true, segments, "Acknowledged gaps, client",
                   "ACKs of the client for bytes that the sensor never saw: losses of the capture itself."),
    PASTMON_METRIC(Counter, ack_gaps_server, 46, true, segments, "Acknowledged gaps, server",
                   "ACKs of the server for bytes that the sensor never saw: losses of the capture itself."),
    // Parts of the verdict: sums over answered transactions whose round trips are known
    PASTMON_METRIC(Counter, verdict_client, 47, true, microseconds, "Verdict: client",
                   "Round trips on the client side, and time in which requests arrived."),
    PASTMON_METRIC(Counter, verdict_network, 48, true, microseconds, "Verdict: network",
                   "Response time that was not server time."),
    PASTMON_METRIC(Counter, verdict_server, 49, true, microseconds, "Verdict: server",
                   "Server time."),
    PASTMON_METRIC(Counter, verdict_transfer, 50, true, microseconds, "Verdict: transfer",
                   "Time in which responses were sent."),
    PASTMON_METRIC(Counter, verdict_loss, 51, true, microseconds, "Verdict: loss",
                   "Waiting for retransmissions, taken out of the other parts."),
    PASTMON_METRIC(Counter, verdict_transactions, 52, true, transactions, "Verdict: transactions",
                   "Transactions that the verdict rests on."),
};
// clang-format on
#undef PASTMON_METRIC

}  // namespace pastmon::metric
