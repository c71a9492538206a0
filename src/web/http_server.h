// SPDX-License-Identifier: MIT
// The HTTP server. The only part that knows CivetWeb: it turns a connection's request into ours, calls one handler, and
// writes the answer in one piece.
//
// Bounds: body size, request time, idle time of a kept connection, connections of one address. Assets are not served
// from disk; CivetWeb has no document root.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "request.h"
#include "response.h"
#include "telemetry.h"

namespace pastmon::web {

class HttpServer {
 public:
  /// A connection that is open holds a thread, idle or not. While three quarters of them are held, connections are
  /// closed after each answer instead of kept.
  struct Options {
    std::string address = "127.0.0.1";  ///< IPv4; "0.0.0.0": all of this machine's
    std::uint16_t port = 8080;          ///< 0: any free one
    int threads = 640;                  ///< connections at once
    int connections_per_address =
        560;                          ///< with a request; beyond it a request is answered 503 and its connection closed
    int keep_alive_ms = 1000;         ///< how long an idle connection may hold a thread
    int request_timeout_ms = 10'000;  ///< for a request to come in as a whole; for its answer to be taken
    std::size_t max_body = 65'536;    ///< bytes; more is answered 413
    base::Micros drain = 5 * base::kSecond;  ///< how long stop() waits for requests that are being answered
    std::string problems_below;              ///< a path: the server's own refusals there are problem+json; "": none
    Telemetry* telemetry = nullptr;          ///< counts connections there; must outlive the server
  };
  /// Called by many threads at once.
  using Handler = std::function<Response(Request)>;

  /// Errors: address in use, not an address of this machine, no permission for the port.
  static base::Result<std::unique_ptr<HttpServer>> start(const Options& options, Handler handler);

  ~HttpServer();  ///< stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const noexcept;  ///< the one that was taken when 0 was asked for

  /// Refuses new requests, waits for those under way, closes. May be called more than once.
  void stop();

  struct Impl;  ///< in the source

 private:
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::web
