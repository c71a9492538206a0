// SPDX-License-Identifier: MIT
// A pool of objects that are known by a small number and never move. What is given back keeps its memory (vectors in
// it their capacity) and is given out again first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace pastmon::signature {

/// The number that stands for "no object".
inline constexpr std::uint32_t kNoIndex = 0xffffffff;

/// T needs `void reset()`, which makes it as new.
template <class T, std::size_t BlockSize = 256>
class Slab {
 public:
  std::uint32_t take() {
    if (free_.empty()) {
      if (used_ == blocks_.size() * BlockSize) blocks_.push_back(std::make_unique<T[]>(BlockSize));
      return static_cast<std::uint32_t>(used_++);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return index;
  }
  void give_back(std::uint32_t index) {
    (*this)[index].reset();
    free_.push_back(index);
  }
  T& operator[](std::uint32_t index) noexcept { return blocks_[index / BlockSize][index % BlockSize]; }
  std::size_t in_use() const noexcept { return used_ - free_.size(); }

 private:
  std::vector<std::unique_ptr<T[]>> blocks_;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
};

}  // namespace pastmon::signature
