// SPDX-License-Identifier: MIT
// The journal's reader over arbitrary bytes; what it accepts must come back the same. Rows are also read without the
// checksum, which would keep mutations out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pastmon::store;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const JournalKind kind : {JournalKind::batch, JournalKind::checkpoint}) {
    const auto batch = decode_journal(bytes, kind);
    if (batch && !decode_journal(encode_batch(*batch), JournalKind::batch)) std::abort();
  }
  if (const auto row = decode_row(bytes); row) {
    const EncodedRow again = encode_row(*row);
    if (!decode_row(again.key + again.values)) std::abort();
  }
  return 0;
}
