// SPDX-License-Identifier: MIT
#include "pastmon/metric/sketch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pastmon::metric {
namespace {

constexpr std::uint64_t kSketchVersion = 1;

// From so many bins in use on, and if at least every fourth bin between the outermost is, a sketch is filled up.
constexpr std::size_t kFillFrom = 16;
constexpr std::size_t kFillUpTo = 4;

constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) noexcept {  // a ≤ kMaxCount
  return b < Sketch::kMaxCount - a ? a + b : Sketch::kMaxCount;
}

}  // namespace

void Sketch::add(std::int64_t value, std::uint64_t times) {
  if (times == 0) return;
  count_ = sum(count_, times);
  if (value <= 0) {
    zeros_ = sum(zeros_, times);
    return;
  }
  if (value > kMaxValue) clamped_ = sum(clamped_, times);
  add_to(bin(value), times);
}

void Sketch::add_to(std::uint32_t bin, std::uint64_t times) {
  if (!entries_.empty()) {
    const std::size_t distance = bin - static_cast<std::size_t>(entries_.front().bin);  // huge if below the first
    if (distance < entries_.size() && entries_[distance].bin == bin) {
      entries_[distance].count = sum(entries_[distance].count, times) & kMaxCount;
      return;
    }
  }
  const Entry* at = entries_.data();
  for (std::size_t left = entries_.size(); left > 0;) {  // a conditional move a step, nothing to mispredict
    const std::size_t half = (left + 1) / 2;
    at = at[half - 1].bin < bin ? at + half : at;
    left -= half;
  }
  const auto position = static_cast<std::size_t>(at - entries_.data());
  if (position < entries_.size() && entries_[position].bin == bin) {
    entries_[position].count = sum(entries_[position].count, times) & kMaxCount;
  } else {
    insert(position, bin, times);
  }
}

void Sketch::insert(std::size_t position, std::uint32_t bin, std::uint64_t times) {
  const Entry entry{bin & 0x7ffU, sum(0, times) & kMaxCount};
  entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(position), entry);
  if (entries_.size() < kFillFrom) return;
  const auto used = static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.count > 0; }));
  const std::uint32_t first = entries_.front().bin;
  const std::uint32_t last = entries_.back().bin;
  if (used >= kFillFrom && last - first < used * kFillUpTo) fill(first, last);
}

void Sketch::fill(std::uint32_t first, std::uint32_t last) {
  std::vector<Entry> filled;
  filled.reserve(last - first + 1U);
  auto next = entries_.begin();
  for (std::uint32_t bin = first; bin <= last; ++bin) {
    if (next->bin == bin) {
      filled.push_back(*next++);
    } else {
      filled.push_back({bin & 0x7ffU, 0});
    }
  }
  entries_ = std::move(filled);
}

void Sketch::merge(const Sketch& other) {
  count_ = sum(count_, other.count_);
  zeros_ = sum(zeros_, other.zeros_);
  clamped_ = sum(clamped_, other.clamped_);
  if (other.entries_.empty()) return;
  std::vector<Entry> merged;
  merged.reserve(entries_.size() + other.entries_.size());
  auto a = entries_.begin();
  auto b = other.entries_.begin();
  while (a != entries_.end() || b != other.entries_.end()) {
    if (b == other.entries_.end() || (a != entries_.end() && a->bin < b->bin)) {
      merged.push_back(*a++);
    } else if (a == entries_.end() || b->bin < a->bin) {
      merged.push_back(*b++);
    } else {
      merged.push_back({a->bin, sum(a->count, b->count) & kMaxCount});
      ++a;
      ++b;
    }
  }
  entries_ = std::move(merged);
}

bool operator==(const Sketch& a, const Sketch& b) noexcept {
  if (a.count_ != b.count_ || a.zeros_ != b.zeros_ || a.clamped_ != b.clamped_) return false;
  auto i = a.entries_.begin();
  auto j = b.entries_.begin();
  for (;; ++i, ++j) {
    while (i != a.entries_.end() && i->count == 0) ++i;
    while (j != b.entries_.end() && j->count == 0) ++j;
    if (i == a.entries_.end() || j == b.entries_.end()) return i == a.entries_.end() && j == b.entries_.end();
    if (i->bin != j->bin || i->count != j->count) return false;
  }
}

void Sketch::clear() noexcept { *this = Sketch(); }

std::uint64_t Sketch::rank(double q, std::uint64_t n) noexcept {
  __extension__ using Wide = unsigned __int128;
  constexpr std::uint64_t billion = 1'000'000'000;
  if (n == 0) return 0;
  const double bounded = q > 0 ? std::min(q, 1.0) : 0;  // NaN: 0
  const auto share = static_cast<std::uint64_t>(std::llround(bounded * static_cast<double>(billion)));
  const auto rank = static_cast<std::uint64_t>((Wide{share} * n + (billion - 1)) / billion);
  return std::max<std::uint64_t>(rank, 1);
}

double Sketch::quantile(double q) const noexcept {
  if (count_ == 0) return 0;
  const std::uint64_t wanted = rank(q, count_);
  std::uint64_t seen = zeros_;
  if (seen >= wanted) return 0;
  for (const Entry& entry : entries_) {
    seen += entry.count;
    if (seen >= wanted) return value_of(entry.bin);
  }
  return entries_.empty() ? 0 : value_of(entries_.back().bin);
}

std::vector<Sketch::Bin> Sketch::bins() const {
  std::vector<Bin> out;
  out.reserve(entries_.size() + 1);
  if (zeros_ > 0) out.push_back({0, 0, zeros_});
  for (const Entry& entry : entries_) {
    if (entry.count == 0) continue;
    out.push_back({static_cast<double>(low(entry.bin)), static_cast<double>(high(entry.bin)), entry.count});
  }
  return out;
}

void Sketch::encode(std::string& out) const {
  base::put_varint(out, kSketchVersion);
  base::put_varint(out, zeros_);
  base::put_varint(out, clamped_);
  const auto used = std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.count > 0; });
  base::put_varint(out, static_cast<std::uint64_t>(used));
  std::uint64_t next = 0;
  for (const Entry& entry : entries_) {
    if (entry.count == 0) continue;
    base::put_varint(out, entry.bin - next);
    base::put_varint(out, entry.count - 1);
    next = entry.bin + 1U;
  }
}

base::Result<Sketch> Sketch::decode(base::VarintReader& in) {
  if (const std::uint64_t version = in.get(); !in.ok() || version != kSketchVersion) {
    return base::Error{"sketch: not a stored sketch of version 1"};
  }
  Sketch sketch;
  sketch.zeros_ = in.get();
  sketch.clamped_ = in.get();
  const std::uint64_t size = in.get();
  if (!in.ok() || size > kBins || size > in.left() / 2) return base::Error{"sketch: cut off"};
  if (sketch.zeros_ > kMaxCount) return base::Error{"sketch: more samples than can be counted"};
  sketch.count_ = sketch.zeros_;
  sketch.entries_.reserve(size);
  std::uint64_t next = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t gap = in.get();
    const std::uint64_t less_one = in.get();
    if (!in.ok()) return base::Error{"sketch: cut off"};
    if (gap >= kBins - next) return base::Error{"sketch: a bin beyond the last"};
    if (less_one >= kMaxCount) return base::Error{"sketch: more samples than can be counted"};
    const auto bin = static_cast<std::uint32_t>(next + gap);
    if (low(bin) > high(bin)) return base::Error{"sketch: a bin that no whole number falls in"};
    sketch.count_ = sum(sketch.count_, less_one + 1);
    sketch.entries_.push_back({bin & 0x7ffU, (less_one + 1) & kMaxCount});
    next = bin + 1U;
  }
  const bool last_bin = !sketch.entries_.empty() && sketch.entries_.back().bin == kBins - 1;
  if (sketch.clamped_ > (last_bin ? sketch.entries_.back().count : 0)) {
    return base::Error{"sketch: more clamped samples than samples in the last bin"};
  }
  return sketch;
}

}  // namespace pastmon::metric
