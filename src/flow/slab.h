// SPDX-License-Identifier: MIT
// A pool of objects that are known by a small number and never move. Memory is taken in blocks and kept for reuse;
// what is given back is given out again first, while it is still in the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace pastmon::flow {

/// The number that stands for "no object".
inline constexpr std::uint32_t kNoIndex = 0xffffffff;

template <class T, std::size_t BlockSize = 1024>
class Slab {
 public:
  Slab() = default;
  ~Slab() {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      std::vector<bool> is_free(used_);
      for (const std::uint32_t index : free_) is_free[index] = true;
      for (std::size_t i = 0; i < used_; ++i) {
        if (!is_free[i]) (*this)[static_cast<std::uint32_t>(i)].~T();
      }
    }
  }
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  /// A value-initialised object.
  std::uint32_t take() {
    std::uint32_t index = 0;
    if (free_.empty()) {
      if (used_ == blocks_.size() * BlockSize) blocks_.push_back(std::make_unique<Block>());
      index = static_cast<std::uint32_t>(used_++);
    } else {
      index = free_.back();
      free_.pop_back();
    }
    ::new (static_cast<void*>(place(index))) T();
    return index;
  }

  void give_back(std::uint32_t index) {
    (*this)[index].~T();
    free_.push_back(index);
  }

  T& operator[](std::uint32_t index) noexcept { return *std::launder(reinterpret_cast<T*>(place(index))); }
  const void* address(std::uint32_t index) const noexcept {
    return blocks_[index / BlockSize]->bytes + index % BlockSize * sizeof(T);
  }

  std::size_t in_use() const noexcept { return used_ - free_.size(); }
  std::size_t memory() const noexcept {
    return blocks_.size() * sizeof(Block) + free_.capacity() * sizeof(std::uint32_t);
  }

 private:
  struct Block {
    alignas(alignof(T) > 64 ? alignof(T) : 64) std::byte bytes[BlockSize * sizeof(T)];
  };
  std::byte* place(std::uint32_t index) noexcept {
    return blocks_[index / BlockSize]->bytes + index % BlockSize * sizeof(T);
  }

  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
};

}  // namespace pastmon::flow
