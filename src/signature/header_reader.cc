// SPDX-License-Identifier: MIT
#include "header_reader.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

namespace pastmon::signature {
namespace {

constexpr std::size_t kHead = 9;
constexpr std::size_t kMaxTable = 64U << 10U;
constexpr std::size_t kShownValue = 200;
constexpr std::uint8_t kTypeHeaders = 1, kTypePushPromise = 5, kTypeContinuation = 9;
constexpr std::uint8_t kEndHeaders = 0x4, kPadded = 0x8, kPriority = 0x20;
constexpr std::size_t kPrioritySize = 5, kPromisedSize = 4;

struct Frame {
  Bytes payload;
  std::uint8_t type = 0, flags = 0;
};

/// The frame at the front of `bytes`, which lose it. False: it is not all there.
bool take_frame(Bytes& bytes, Frame& frame) noexcept {
  if (bytes.size < kHead) return false;
  const std::uint8_t* p = bytes.data;
  const std::size_t length = std::size_t{p[0]} << 16U | std::size_t{p[1]} << 8U | p[2];
  if (bytes.size - kHead < length) return false;
  frame = {{p + kHead, length}, p[3], p[4]};
  bytes = {p + kHead + length, bytes.size - kHead - length};
  return true;
}

/// Takes away what stands around the block's first fragment (RFC 9113, 6.2 and 6.6).
bool strip(Frame& frame) noexcept {
  Bytes& b = frame.payload;
  std::size_t padding = 0;
  std::size_t front = 0;
  if ((frame.flags & kPadded) != 0) {
    if (b.size < 1) return false;
    padding = b.data[0];
    front = 1;
  }
  if (frame.type == kTypePushPromise) front += kPromisedSize;
  if (frame.type == kTypeHeaders && (frame.flags & kPriority) != 0) front += kPrioritySize;
  if (b.size < front + padding) return false;
  b = {b.data + front, b.size - front - padding};
  return true;
}

bool is_shown(std::string_view name) noexcept {
  return name.starts_with(':') || name == "content-type" || name == "grpc-status";
}

void append(std::vector<std::uint8_t>& text, std::string_view part) {
  for (const char c : part) {
    if (text.size() + 1 >= HeaderReader::kMaxText) return;
    text.push_back(static_cast<std::uint8_t>(static_cast<unsigned char>(c) < ' ' ? ' ' : c));
  }
}

void show(const nghttp2_nv& nv, std::vector<std::uint8_t>& text) {
  const std::string_view name(reinterpret_cast<const char*>(nv.name), nv.namelen);
  if (!is_shown(name)) return;
  std::string_view value(reinterpret_cast<const char*>(nv.value), nv.valuelen);
  if (name == ":path") value = value.substr(0, value.find('?'));
  text.push_back('\n');
  append(text, name.substr(0, kShownValue));
  append(text, ": ");
  append(text, value.substr(0, kShownValue));
}

}  // namespace

bool has_headers(Bytes frame) noexcept {
  return frame.size >= kHead && (frame.data[3] == kTypeHeaders || frame.data[3] == kTypePushPromise);
}

HeaderReader::HeaderReader(std::size_t& in_use) : in_use_(in_use) {
  ++in_use_;
  if (nghttp2_hd_inflate_new(&inflater_) != 0) inflater_ = nullptr;
  // The other end's word (SETTINGS) may allow the sender a larger table; the sender then says how large it is.
  if (inflater_ != nullptr) nghttp2_hd_inflate_change_table_size(inflater_, kMaxTable);
}

HeaderReader::~HeaderReader() {
  nghttp2_hd_inflate_del(inflater_);
  --in_use_;
}

bool HeaderReader::inflate(Bytes fragment, bool last, std::vector<std::uint8_t>& text) {
  const std::uint8_t* in = fragment.data;
  std::size_t left = fragment.size;
  while (true) {
    nghttp2_nv nv{};
    int flags = 0;
    const auto n = nghttp2_hd_inflate_hd2(inflater_, &nv, &flags, in, left, last ? 1 : 0);
    if (n < 0) return false;
    in += n;
    left -= static_cast<std::size_t>(n);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && text.size() + 1 < kMaxText) show(nv, text);
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) return nghttp2_hd_inflate_end_headers(inflater_) == 0;
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0) return !last;
  }
}

bool HeaderReader::read(Bytes bytes, std::vector<std::uint8_t>& text) {
  Frame frame;
  const Bytes head{bytes.data, std::min(bytes.size, kHead)};
  if (inflater_ == nullptr || !take_frame(bytes, frame)) return false;
  if (frame.type != kTypeContinuation) {
    text.assign(head.data, head.data + head.size);
    if (!strip(frame)) return false;
  }
  const bool last = (frame.flags & kEndHeaders) != 0;
  if (!inflate(frame.payload, last, text)) return false;
  if (last) text.push_back('\n');
  return true;
}

}  // namespace pastmon::signature
