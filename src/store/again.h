// SPDX-License-Identifier: MIT
// A call that may be made twice: when the connection went away, it is opened anew and the call made once more. `anew`
// is called between the two.
#pragma once

#include "connection.h"

namespace pastmon::store {

template <class Call, class Anew>
auto again(Connection& connection, const Call& call, const Anew& anew) -> decltype(call()) {
  if (!connection.lost()) {
    auto result = call();
    if (result || !connection.lost()) return result;
  }
  if (base::Result<void> back = connection.reconnect(); !back) return back.error();
  anew();
  return call();
}

template <class Call>
auto again(Connection& connection, const Call& call) -> decltype(call()) {
  return again(connection, call, [] {});
}

}  // namespace pastmon::store
