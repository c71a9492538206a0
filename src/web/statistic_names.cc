// SPDX-License-Identifier: MIT
#include "statistic_names.h"

#include <algorithm>
#include <iterator>

namespace pastmon::web {
namespace {

using metric::Unit;

struct Entry {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  Unit unit = Unit::packets;
  bool level = false;
  bool bad = false;
};

constexpr Entry kEntries[] = {
    {"packets_received", "Packets received", "Handed to the monitor by the kernel"},
    {"kernel_dropped", "Dropped by the kernel", "The monitor was too slow, or the buffer too small", Unit::packets,
     false, true},
    {"interface_dropped", "Dropped by the interface", "Never reached the kernel's capture", Unit::packets, false, true},
    {"interface_away_us", "Interface away", "It was not there, or down, and waited for", Unit::microseconds, false,
     true},
    {"packets_filtered", "Filtered", "Did not match the filter of a capture file"},
    {"not_ip", "Not IP", "ARP and other protocols that are not looked at"},
    {"undecodable", "Undecodable", "Cut short, damaged, or in a wrapping that is not known", Unit::packets, false,
     true},
    {"duplicates", "Duplicates",
     "Copies of a packet that was counted already: a mirror port, two VLANs, two interfaces"},
    {"fragments", "Fragments", "Packets that brought a part of a datagram"},
    {"fragments_reassembled", "Datagrams put together", "From their fragments"},
    {"fragments_incomplete", "Datagrams incomplete", "A fragment did not come in time", Unit::packets, false, true},
    {"fragments_evicted", "Datagrams evicted", "Given up because the fragments of others needed the room",
     Unit::packets, false, true},
    {"fragments_refused", "Datagrams refused", "Their fragments contradict each other: an attack, or a broken host",
     Unit::packets, false, true},
    {"fragments_overlapping", "Overlapping fragments", "What came first was kept", Unit::packets, false, true},
    {"fragments_bytes", "Fragments held", "Waiting for the rest of their datagrams", Unit::bytes, true},
    {"flows", "New flows", "Conversations that began"},
    {"flows_active", "Flows now", "Conversations in the table", Unit::packets, true},
    {"flows_evicted", "Flows evicted", "Given up early because the table was full", Unit::packets, false, true},
    {"flows_one_sided", "One-sided flows", "Only one direction passed the sensor: is the port mirrored both ways?"},
    {"ack_gaps", "Acknowledged, never seen",
     "Packets that the other side got, but not the sensor: the mirror port or the capture loses some", Unit::packets,
     false, true},
    {"clock_steps", "Clock steps", "Packets older than the one before"},
    {"given_up_bytes", "Bytes given up", "Out-of-order data that was not waited for", Unit::bytes},
    {"buffered_bytes", "Buffered", "Out-of-order data that is waited for", Unit::bytes, true},
    {"flow_table_bytes", "Flow table", "Memory of the table of flows", Unit::bytes, true},
    {"signature_matches", "Requests recognised", "By all signatures"},
    {"signature_near_misses", "Near misses", "Messages that fitted a signature in part, but not its answer or order"},
    {"conversations", "Conversations now", "Pairs that signatures look at", Unit::packets, true},
    {"open_requests", "Open requests", "Waiting for their response", Unit::packets, true},
    {"refused_requests", "Refused requests", "Not followed because too many were open", Unit::packets, false, true},
    {"refused_expected", "Refused announcements",
     "Announced connections (FTP data) not waited for because there were too many", Unit::packets, false, true},
    {"unpaired_responses", "Unpaired responses", "No request was seen for them"},
    {"lost_transactions", "Lost transactions", "Given up because packets were missing from the capture", Unit::packets,
     false, true},
    {"framing_errors", "Framing errors", "Messages that did not end where their protocol says"},
    {"unread_headers", "Unread HTTP/2 headers",
     "Header blocks that could not be read, because bytes before them were not seen"},
    {"regex_limit_hits", "Pattern limits hit", "A signature's pattern gave up on a message", Unit::packets, false,
     true},
    {"held_bytes", "Held", "Beginnings of flows that no signature has recognised yet", Unit::bytes, true},
    {"rows_open", "Open rows", "In the five minutes under way", Unit::packets, true},
    {"rows_merged", "Rows folded early",
     "Added up under “(many)” before their bucket closed: the memory for rows was full", Unit::packets, false, true},
    {"rows_folded", "Rows folded", "Added up under “(many)” because their bucket had more than may be stored",
     Unit::packets, false, true},
    {"records_late", "Late records", "Their bucket was closed; they count in the next one"},
    {"rows_written", "Rows written", "Into the database"},
    {"batches_written", "Batches written", "Into the database"},
    {"batches_waiting", "Batches waiting", "In the journal, for the database", Unit::packets, true},
    {"batches_waiting_us", "Waiting time", "How long, without a break, batches have waited for the database",
     Unit::microseconds, true},
    {"journal_bytes", "Journal", "Bytes that wait for the database", Unit::bytes, true},
    {"batches_lost", "Batches lost", "The journal was full", Unit::packets, false, true},
    {"batches_damaged", "Batches damaged", "Could not be read back from the journal", Unit::packets, false, true},
    {"batches_refused", "Batches refused", "The database does not take them, but others: set aside in the journal",
     Unit::packets, false, true},
    {"batches_aside", "Batches aside", "Damaged or refused ones, kept in the journal's directory", Unit::packets, true},
    {"aside_bytes", "Journal aside", "Bytes of damaged or refused batches", Unit::bytes, true},
    {"aside_deleted", "Batches aside deleted", "Too much was set aside: the oldest went", Unit::packets, false, true},
    {"database_write_us", "Write time", "Of the last batch", Unit::microseconds, true},
    {"bucket_close_us", "Time to disk", "Of the last five minutes: making rows and writing them to the journal",
     Unit::microseconds, true},
    {"host_names", "Host names", "Known to the monitor", Unit::packets, true},
    {"names_evicted", "Names given up", "Of addresses that were not used for longest, because too many were known"},
    {"names_forgotten", "Names forgotten", "Their address had newer ones"},
    {"names_refused", "Names refused", "Empty or too long"},
    {"names_not_stored", "Names not stored", "More came than are written in five minutes", Unit::packets, false, true},
    {"quic_initials_passed", "QUIC packets passed", "Not looked at for a name: more came than are decrypted a second"},
    {"quic_initials_failed", "QUIC packets closed", "First packets that could not be decrypted"},
    {"quic_hellos_given_up", "QUIC hellos given up", "Of which a part never came"},
    {"cpu_us", "Processor time", "Used in the interval", Unit::microseconds},
    {"memory_bytes", "Memory", "Resident", Unit::bytes, true},
    {"system_calls_refused", "System calls refused", "By the filter; the log names them", Unit::packets, false, true},
};

struct Section {
  std::string_view first;  ///< the name that it begins with
  std::string_view title;
};
constexpr Section kSections[] = {{"packets_received", "Capture"},
                                 {"not_ip", "Decoding"},
                                 {"fragments", "Fragments"},
                                 {"flows", "Flows"},
                                 {"signature_matches", "Signatures"},
                                 {"rows_open", "Rows"},
                                 {"rows_written", "Journal and database"},
                                 {"host_names", "Names"},
                                 {"cpu_us", "Process"}};

const Entry* entry(std::string_view name) noexcept {
  const auto* at =
      std::find_if(std::begin(kEntries), std::end(kEntries), [&](const Entry& e) { return e.name == name; });
  return at == std::end(kEntries) ? nullptr : at;
}

/// What a family of names with closed lists counts: handshakes.
std::string_view of_handshakes(std::string_view name) {
  if (name.starts_with("tls_version_")) return "TLS handshakes with this version";
  if (name.starts_with("tls_offered_")) return "TLS clients that would like this protocol best (ALPN)";
  if (name.starts_with("tls_chosen_")) return "TLS servers that chose this protocol (ALPN; hidden in TLS 1.3)";
  if (name.starts_with("quic_version_")) return "QUIC handshakes with this version";
  if (name.starts_with("quic_offered_")) return "QUIC clients that would like this protocol best (ALPN)";
  return "";
}

/// "undecodable_short_header" → "Undecodable short header".
std::string spelt_out(std::string_view name) {
  std::string title(name);
  std::replace(title.begin(), title.end(), '_', ' ');
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

}  // namespace

StatisticName describe_statistic(std::string_view name) {
  if (const Entry* e = entry(name))
    return {std::string(e->title), std::string(e->description), e->unit, e->level, e->bad};
  StatisticName other{spelt_out(name), std::string(of_handshakes(name)), Unit::packets, false, false};
  if (name.ends_with("_bytes")) other.unit = Unit::bytes;
  if (name.ends_with("_us")) other.unit = Unit::microseconds;
  if (name.ends_with(kLimitSuffix) || name == "signature_loaded") other.level = true;
  return other;
}

bool is_known_statistic(std::string_view name) noexcept { return entry(name) != nullptr; }

std::string_view statistic_section(std::string_view name) noexcept {
  const std::size_t rank = statistic_rank(name);
  std::string_view title = kSections[0].title;
  for (const Section& section : kSections) {
    if (rank >= statistic_rank(section.first)) title = section.title;
  }
  return rank == std::size(kEntries) * 2 ? "Other" : title;
}

std::size_t statistic_rank(std::string_view name) noexcept {
  if (const Entry* e = entry(name)) return static_cast<std::size_t>(e - kEntries) * 2;
  // Reasons stand behind what they are reasons for.
  if (name.starts_with("undecodable_")) return statistic_rank("undecodable") + 1;
  return std::size(kEntries) * 2;
}

}  // namespace pastmon::web
