// SPDX-License-Identifier: MIT
#include "multiply.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "pastmon/base/text.h"
#include "pastmon/capture/source.h"
#include "pastmon/decode/decoder.h"

namespace pastmon::bench {
namespace {

/// A frame in memory, and where its addresses stand (pairs of source and destination).
struct Record {
  struct Place {
    std::uint32_t offset;
    std::uint32_t size;  // of one address: 4 or 16
  };
  base::Micros time = 0;  // since the first frame of all
  std::uint32_t length = 0;
  std::vector<std::uint8_t> bytes;
  Place places[2] = {};
  std::size_t place_count = 0;
};

struct Loaded {
  std::vector<Record> records;
  capture::LinkType link = capture::LinkType::ethernet;
  base::Micros begin = base::kNone;  // time of the first frame of the first capture
  base::Micros span = 0;             // of all captures, one after the other
};

/// Finds "source, destination" of an IP header in the bytes before `until`.
void find_addresses(Record& r, const decode::FiveTuple& tuple, std::size_t from, std::size_t until) {
  const bool v4 = tuple.source.is_v4();
  const std::uint32_t size = v4 ? 4 : 16;
  std::uint8_t both[32];
  std::memcpy(both, tuple.source.bytes().data() + (16 - size), size);
  std::memcpy(both + size, tuple.destination.bytes().data() + (16 - size), size);
  if (from > until) return;
  const void* at = memmem(r.bytes.data() + from, until - from, both, std::size_t{2} * size);
  if (at == nullptr) return;
  const auto offset = static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(at) - r.bytes.data());
  r.places[r.place_count++] = {offset, size};
}

Record record_of(const capture::Frame& frame, base::Micros time, decode::Decoder& decoder) {
  Record r;
  r.time = time;
  r.length = frame.length;
  r.bytes.assign(frame.data, frame.data + frame.captured);
  decode::Packet packet;
  if (decoder.decode(frame, packet) != decode::Verdict::packet) return r;
  const auto payload = static_cast<std::size_t>(packet.payload - frame.data);
  find_addresses(r, packet.tuple, 0, payload);
  const bool icmp = packet.transport == decode::Transport::icmp || packet.transport == decode::Transport::icmpv6;
  if (icmp && packet.icmp.has_quote) find_addresses(r, packet.icmp.quoted, payload, r.bytes.size());
  return r;
}

base::Result<void> load(const std::string& path, Loaded& all) {
  auto opened = capture::open_file({path, {}});
  if (!opened) return opened.error();
  decode::Decoder decoder;
  const base::Micros start = all.span;
  base::Micros first = base::kNone;
  std::span<const capture::Frame> frames;
  while ((*opened)->read(frames) == capture::State::frames) {
    for (const capture::Frame& frame : frames) {
      if (all.records.empty()) {
        all.link = frame.link;
        all.begin = frame.time;
      }
      if (frame.link != all.link)
        return base::Error{base::cat(path, ": another link type than the captures before it")};
      if (first == base::kNone) first = frame.time;
      const base::Micros at = start + (frame.time > first ? frame.time - first : 0);
      all.records.push_back(record_of(frame, at, decoder));
      if (at > all.span) all.span = at;
    }
  }
  if (!(*opened)->error().message.empty()) return (*opened)->error();
  all.span += base::kSecond;
  return {};
}

/// Adds `by` to the higher and takes it from the lower 16 bits of the address's last four bytes, in ones' complement
/// arithmetic: the sum of the words, and so every checksum, stays as it is.
void shift_address(std::uint8_t* last_four, std::uint32_t by) {
  constexpr std::uint32_t modulus = 0xffff;
  const auto word = [last_four](int i) { return static_cast<std::uint32_t>(last_four[i] << 8 | last_four[i + 1]); };
  const std::uint32_t high = (word(0) + by) % modulus;
  const std::uint32_t low = (word(2) + modulus - by % modulus) % modulus;
  last_four[0] = static_cast<std::uint8_t>(high >> 8);
  last_four[1] = static_cast<std::uint8_t>(high);
  last_four[2] = static_cast<std::uint8_t>(low >> 8);
  last_four[3] = static_cast<std::uint8_t>(low);
}

class Writer {
 public:
  explicit Writer(const std::string& path) : file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
    constexpr std::size_t buffer = 1U << 20U;
    if (file_) std::setvbuf(file_.get(), nullptr, _IOFBF, buffer);
  }
  bool ok() const { return file_ != nullptr && std::ferror(file_.get()) == 0; }
  void header(capture::LinkType link) {
    const std::uint32_t words[] = {0xa1b2c3d4, 2U | 4U << 16U, 0, 0, 262'144, static_cast<std::uint32_t>(link)};
    std::fwrite(words, sizeof words, 1, file_.get());
  }
  void record(base::Micros time, std::uint32_t length, const std::vector<std::uint8_t>& bytes) {
    const std::uint32_t words[] = {static_cast<std::uint32_t>(time / base::kSecond),
                                   static_cast<std::uint32_t>(time % base::kSecond),
                                   static_cast<std::uint32_t>(bytes.size()), length};
    std::fwrite(words, sizeof words, 1, file_.get());
    std::fwrite(bytes.data(), 1, bytes.size(), file_.get());
  }
  bool finish() { return std::fflush(file_.get()) == 0; }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

void write_copy(Writer& out, const Record& record, base::Micros time, std::uint32_t copy) {
  if (copy == 0) return out.record(time, record.length, record.bytes);
  std::vector<std::uint8_t> bytes = record.bytes;
  for (std::size_t i = 0; i < record.place_count; ++i) {
    const auto [offset, size] = record.places[i];
    shift_address(bytes.data() + offset + size - 4, copy);
    shift_address(bytes.data() + offset + 2 * size - 4, copy);
  }
  out.record(time, record.length, bytes);
}

}  // namespace

base::Result<void> multiply(const std::vector<std::string>& captures, const MultiplyOptions& options,
                            const std::string& output) {
  Loaded all;
  for (const std::string& capture : captures) {
    if (auto loaded = load(capture, all); !loaded) return loaded.error();
  }
  Writer out(output);
  const auto failed = [&output] { return base::Error{base::cat("cannot write ", output, ": ", strerror(errno))}; };
  if (!out.ok()) return failed();
  out.header(all.link);
  const std::uint32_t at_once = options.at_once == 0 ? 1 : options.at_once;
  base::Micros start = all.begin;
  for (std::uint32_t group = 0; group < options.copies; group += at_once) {
    const std::uint32_t end = options.copies - group < at_once ? options.copies : group + at_once;
    for (const Record& record : all.records) {
      for (std::uint32_t copy = group; copy < end; ++copy) write_copy(out, record, start + record.time, copy);
    }
    start += all.span;
  }
  if (!out.finish() || !out.ok()) return failed();
  return {};
}

}  // namespace pastmon::bench
