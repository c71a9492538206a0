// SPDX-License-Identifier: MIT
// The rows of one open bucket. A row's place in memory stays the same until the table ends, so that conversations can
// keep a pointer to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/metric/aggregate.h"
#include "pastmon/signature/record.h"

namespace pastmon::metric {

struct RowKey {
  signature::NameId name = 0;
  signature::Endpoints endpoints;

  std::uint64_t hash() const noexcept {
    std::uint64_t h = endpoints.client.hash() * 0x9e3779b97f4a7c15ULL;
    h = (h ^ h >> 29U ^ endpoints.server.hash()) * 0xbf58476d1ce4e5b9ULL;
    h = (h ^ h >> 32U ^ (std::uint64_t{name} << 16U | endpoints.port)) * 0x94d049bb133111ebULL;
    return h ^ h >> 31U;
  }
  friend bool operator==(const RowKey&, const RowKey&) = default;
};

/// One cache line of 64 bytes holds key, first and last, the next what every packet counts. (Prefetching rows a few
/// packets ahead was tried: no gain from one row to a million.)
struct alignas(64) OpenRow {
  RowKey key;
  bool changed = false;   ///< the next snapshot looks at it
  bool shown = false;     ///< stands in snapshots itself
  std::uint32_t sum = 0;  ///< else its place, from 1, in the sums that do (OpenBucket); 0: not decided yet
  Aggregate values;

  bool free() const noexcept { return key.name == kFree; }
  static constexpr signature::NameId kFree = 0xffffffff;
};

/// Open addressing over rows that stand in blocks. Grows by doubling the index. The place of a row that was taken out
/// goes to the next one that comes, so that a pointer to it may meet another key, or none.
class RowTable {
 public:
  /// `serial`: of this table among all that one BucketSet ever had; 1 or more.
  RowTable(base::Seconds start, std::uint32_t serial) : start_(start), serial_(serial) {}

  OpenRow* find(const RowKey& key) const noexcept;  ///< null: none
  OpenRow& insert(const RowKey& key);               ///< the caller knows that there is none
  void remove(OpenRow& row) noexcept;               ///< forgets its values; keeps `changed`

  std::size_t size() const noexcept { return size_; }
  base::Seconds start() const noexcept { return start_; }
  std::uint32_t serial() const noexcept { return serial_; }

  /// Calls `each` with every row, in the order of their places: of their insertion, while none was taken out.
  template <class Each>
  void for_each(Each each) {
    for (std::size_t i = 0; i < places_; ++i) {
      if (!row(i).free()) each(row(i));
    }
  }

  std::size_t places() const noexcept { return places_; }
  OpenRow& at(std::size_t place) const noexcept { return row(place); }  ///< in use or free

 private:
  static constexpr std::size_t kBlock = 64;  // rows
  struct Slot {
    std::uint32_t hash = 0;   // low half of the key's hash
    std::uint32_t place = 0;  // of the row, from 1; 0: empty
  };

  OpenRow& row(std::size_t i) const noexcept { return blocks_[i / kBlock][i % kBlock]; }
  void place(Slot slot) noexcept;
  void grow();

  base::Seconds start_;
  std::uint32_t serial_;
  std::size_t size_ = 0;     // rows in use
  std::size_t places_ = 0;   // that were ever in use
  std::vector<Slot> slots_;  // a power of two, at most three quarters full
  std::vector<std::unique_ptr<OpenRow[]>> blocks_;
  std::vector<std::uint32_t> free_;  // places
};

}  // namespace pastmon::metric
