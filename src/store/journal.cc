// SPDX-License-Identifier: MIT
#include "journal.h"

#include "pastmon/base/hash.h"
#include "pastmon/base/text.h"
#include "pastmon/base/varint.h"
#include "pastmon/metric/registry.h"

namespace pastmon::store {
namespace {

using base::Error;
using base::put_signed_varint;
using base::put_varint;
using base::Result;
using base::VarintReader;

constexpr std::string_view kMagic = "PasTmonJ";
constexpr char kVersion = 2, kWithoutIdentity = 1;
constexpr std::size_t kHeader = 8 + 1 + 1 + 8;  // magic, version, kind, size of the payload
constexpr std::size_t kChecksum = 8;

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

std::string_view get_text(VarintReader& in) { return in.get_bytes(in.get()); }

void put_le64(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
}

std::uint64_t get_le64(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

void put_address(std::string& out, const base::Address& address) {
  const auto& bytes = address.bytes();
  const std::size_t skip = address.is_v4() ? 12 : 0;
  out.push_back(static_cast<char>(bytes.size() - skip));
  out.append(reinterpret_cast<const char*>(bytes.data()) + skip, bytes.size() - skip);
}

bool get_address(VarintReader& in, base::Address& address) {
  const std::string_view bytes = get_text(in);
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (bytes.size() == 4) {
    address = base::Address::v4(data);
  } else if (bytes.size() == 16) {
    address = base::Address::v6(data);
  } else {
    return false;
  }
  return true;
}

void put_summary(std::string& out, const metric::Summary& summary) {
  for (const std::int64_t value : {summary.count, summary.sum, summary.min, summary.max}) put_signed_varint(out, value);
}

metric::Summary get_summary(VarintReader& in) {
  metric::Summary summary;
  for (std::int64_t* value : {&summary.count, &summary.sum, &summary.min, &summary.max}) *value = in.get_signed();
  return summary;
}

/// Hot metrics that have a value: number, then one value or four.
void put_hot_values(std::string& out, const metric::Aggregate& values) {
  std::string metrics;
  std::uint64_t count = 0;
  for (const metric::Info& info : metric::registry()) {
    if (!info.hot) continue;
    if (info.kind == metric::Kind::counter) {
      const std::int64_t value = values[static_cast<metric::Counter>(info.index)];
      if (value == 0) continue;
      put_varint(metrics, info.number);
      put_signed_varint(metrics, value);
    } else {
      const metric::Summary& summary = info.kind == metric::Kind::size
                                           ? values[static_cast<metric::Size>(info.index)]
                                           : values[static_cast<metric::Distribution>(info.index)].summary;
      if (summary.count == 0) continue;
      put_varint(metrics, info.number);
      put_summary(metrics, summary);
    }
    ++count;
  }
  put_varint(out, count);
  out += metrics;
}

Result<void> get_hot_values(VarintReader& in, metric::Aggregate& values) {
  for (std::uint64_t count = in.get(); count > 0 && in.ok(); --count) {
    const metric::Info* info = metric::find_number(in.get());
    if (info == nullptr) return Error{"a metric that this program does not know"};
    switch (info->kind) {
      case metric::Kind::counter:
        values[static_cast<metric::Counter>(info->index)] = in.get_signed();
        break;
      case metric::Kind::size:
        values[static_cast<metric::Size>(info->index)] = get_summary(in);
        break;
      case metric::Kind::distribution:
        values[static_cast<metric::Distribution>(info->index)].summary = get_summary(in);
        break;
    }
  }
  return {};
}

Result<std::string_view> checked_payload(std::string_view file, JournalKind kind) {
  if (file.size() < kHeader + kChecksum || !file.starts_with(kMagic)) return Error{"cut, or no journal file"};
  if (file[8] != kVersion && file[8] != kWithoutIdentity) return Error{"written by a newer program"};
  if (file[9] != static_cast<char>(kind)) return Error{"a journal file of the other kind"};
  if (get_le64(file.substr(10)) != file.size() - kHeader - kChecksum) return Error{"cut"};
  const std::string_view summed = file.substr(0, file.size() - kChecksum);
  if (static_cast<std::uint64_t>(base::stable_id(summed)) != get_le64(file.substr(summed.size())))
    return Error{"the checksum is wrong"};
  return summed.substr(kHeader);
}

Result<void> get_buckets(VarintReader& in, std::vector<metric::Bucket>& buckets) {
  for (std::uint64_t count = in.get(); count > 0 && in.ok(); --count) {
    metric::Bucket& bucket = buckets.emplace_back();
    bucket.start = in.get_signed();
    bucket.seconds = in.get_signed();
    bucket.closed = true;
    for (std::uint64_t rows = in.get(); rows > 0 && in.ok(); --rows) {
      Result<metric::Row> row = decode_row(get_text(in));
      if (!row) return row.error();
      bucket.rows.push_back(*std::move(row));
    }
  }
  return {};
}

void get_statistics(VarintReader& in, std::map<base::Seconds, std::vector<Statistic>>& statistics) {
  for (std::uint64_t buckets = in.get(); buckets > 0 && in.ok(); --buckets) {
    std::vector<Statistic>& list = statistics[in.get_signed()];
    for (std::uint64_t count = in.get(); count > 0 && in.ok(); --count) {
      Statistic& statistic = list.emplace_back();
      statistic.name = get_text(in);
      statistic.interface = get_text(in);
      statistic.value = get_summary(in);
    }
  }
}

Result<void> get_names(VarintReader& in, std::vector<HostName>& names) {
  for (std::uint64_t count = in.get(); count > 0 && in.ok(); --count) {
    HostName& name = names.emplace_back();
    if (!get_address(in, name.address)) return Error{"an address of neither 4 nor 16 bytes"};
    name.name = get_text(in);
    name.source = get_text(in);
    name.seen = in.get_signed();
  }
  return {};
}

}  // namespace

EncodedRow encode_row(const metric::Row& row) {
  EncodedRow encoded;
  put_text(encoded.key, row.signature);
  put_address(encoded.key, row.client);
  put_address(encoded.key, row.server);
  put_varint(encoded.key, row.port);
  put_signed_varint(encoded.values, row.values.first);
  put_signed_varint(encoded.values, row.values.last);
  put_hot_values(encoded.values, row.values);
  put_text(encoded.values, row.values.encode_detail());
  return encoded;
}

Result<metric::Row> decode_row(std::string_view key_and_values) {
  VarintReader in(key_and_values);
  metric::Row row;
  row.signature = get_text(in);
  if (!get_address(in, row.client) || !get_address(in, row.server))
    return Error{"an address of neither 4 nor 16 bytes"};
  row.port = static_cast<std::uint16_t>(in.get());
  row.values.first = in.get_signed();
  row.values.last = in.get_signed();
  if (Result<void> hot = get_hot_values(in, row.values); !hot) return hot.error();
  const std::string_view detail = get_text(in);
  if (!in.ok() || !in.at_end()) return Error{"a row is cut or too long"};
  if (Result<void> merged = row.values.merge_detail(detail); !merged) return merged.error();
  return row;
}

JournalWriter::JournalWriter(JournalKind kind, const Batch& head, std::int64_t number) {
  bytes_ = kMagic;
  bytes_.push_back(kVersion);
  bytes_.push_back(static_cast<char>(kind));
  put_le64(bytes_, 0);
  put_text(bytes_, head.sensor);
  put_text(bytes_, head.identity);
  put_signed_varint(bytes_, head.run);
  put_signed_varint(bytes_, number);
}

void JournalWriter::begin_buckets(std::size_t count) { put_varint(bytes_, count); }

void JournalWriter::begin_bucket(base::Seconds start, base::Seconds seconds, std::size_t rows) {
  put_signed_varint(bytes_, start);
  put_signed_varint(bytes_, seconds);
  put_varint(bytes_, rows);
}

void JournalWriter::add_row(std::string_view key, std::string_view values) {
  put_varint(bytes_, key.size() + values.size());
  bytes_ += key;
  bytes_ += values;
}

std::string JournalWriter::finish(const std::map<base::Seconds, std::vector<Statistic>>& statistics,
                                  const std::vector<HostName>& names) {
  put_varint(bytes_, statistics.size());
  for (const auto& [bucket, list] : statistics) {
    put_signed_varint(bytes_, bucket);
    put_varint(bytes_, list.size());
    for (const Statistic& statistic : list) {
      put_text(bytes_, statistic.name);
      put_text(bytes_, statistic.interface);
      put_summary(bytes_, statistic.value);
    }
  }
  put_varint(bytes_, names.size());
  for (const HostName& name : names) {
    put_address(bytes_, name.address);
    put_text(bytes_, name.name);
    put_text(bytes_, name.source);
    put_signed_varint(bytes_, name.seen);
  }
  std::string size;
  put_le64(size, bytes_.size() - kHeader);
  bytes_.replace(kHeader - size.size(), size.size(), size);
  put_le64(bytes_, static_cast<std::uint64_t>(base::stable_id(bytes_)));
  return std::move(bytes_);
}

std::string encode_batch(const Batch& batch) {
  JournalWriter writer(JournalKind::batch, batch, batch.number);
  writer.begin_buckets(batch.buckets.size());
  for (const metric::Bucket& bucket : batch.buckets) {
    writer.begin_bucket(bucket.start, bucket.seconds, bucket.rows.size());
    for (const metric::Row& row : bucket.rows) {
      const EncodedRow encoded = encode_row(row);
      writer.add_row(encoded.key, encoded.values);
    }
  }
  return writer.finish(batch.statistics, batch.names);
}

Result<Batch> decode_journal(std::string_view file, JournalKind kind) {
  const Result<std::string_view> payload = checked_payload(file, kind);
  if (!payload) return payload.error();
  VarintReader in(*payload);
  Batch batch;
  batch.sensor = get_text(in);
  if (file[8] != kWithoutIdentity) batch.identity = get_text(in);
  batch.run = in.get_signed();
  batch.number = in.get_signed();
  if (Result<void> done = get_buckets(in, batch.buckets); !done) return done.error();
  get_statistics(in, batch.statistics);
  if (Result<void> done = get_names(in, batch.names); !done) return done.error();
  if (!in.ok() || !in.at_end()) return Error{"cut or too long inside"};
  return batch;
}

}  // namespace pastmon::store
