// SPDX-License-Identifier: MIT
#include "slab.h"

#include <gtest/gtest.h>

#include <memory>

namespace pastmon::flow {
namespace {

TEST(Slab, ObjectsNeverMoveAndComeBackFresh) {
  Slab<int, 4> slab;
  const std::uint32_t first = slab.take();
  int* const place = &slab[first];
  *place = 7;
  for (int i = 0; i < 100; ++i) slab.take();
  EXPECT_EQ(&slab[first], place);
  EXPECT_EQ(slab.in_use(), 101U);
  slab.give_back(first);
  EXPECT_EQ(slab.in_use(), 100U);
  EXPECT_EQ(slab.take(), first);
  EXPECT_EQ(*place, 0);
}

TEST(Slab, DestroysWhatIsStillInUse) {
  const auto watched = std::make_shared<int>(1);
  {
    Slab<std::shared_ptr<int>, 4> slab;
    for (int i = 0; i < 10; ++i) slab[slab.take()] = watched;
    slab.give_back(3);
    EXPECT_EQ(watched.use_count(), 10);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

}  // namespace
}  // namespace pastmon::flow
