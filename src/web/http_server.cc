// SPDX-License-Identifier: MIT
#include "http_server.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"

namespace pastmon::web {

/// Counts connections by address, so that one client cannot hold every thread.
class ConnectionCounts {
 public:
  void opened(const base::Address& address) {
    const std::lock_guard lock(mutex_);
    ++counts_[address];
  }
  void closed(const base::Address& address) {
    const std::lock_guard lock(mutex_);
    const auto at = counts_.find(address);
    if (at != counts_.end() && --at->second <= 0) counts_.erase(at);
  }
  int of(const base::Address& address) {
    const std::lock_guard lock(mutex_);
    const auto at = counts_.find(address);
    return at == counts_.end() ? 0 : at->second;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<base::Address, int, base::AddressHash> counts_;  // bounded by the number of threads
};

struct HttpServer::Impl {
  Options options;
  Handler handler;
  base::SystemClock clock;
  ConnectionCounts connections;
  mg_context* context = nullptr;
  std::uint16_t port = 0;
  std::atomic<int> open = 0;  // connections

  std::mutex mutex;
  std::condition_variable idle;
  int active = 0;
  bool draining = false;

  bool enter() {
    const std::lock_guard lock(mutex);
    if (draining) return false;
    ++active;
    return true;
  }
  void leave() {
    const std::lock_guard lock(mutex);
    if (--active == 0) idle.notify_all();
  }

  Response answer(mg_connection* connection, const mg_request_info& info, bool& close);
  int serve(mg_connection* connection);
};

namespace {

HttpServer::Impl* impl_of(const mg_connection* connection);

base::Address peer_of(const mg_request_info& info) {
  return base::Address::parse(info.remote_addr).value_or(base::Address());
}

/// Path and query of the request target; nothing when it is malformed. CivetWeb has decoded neither ("decode_url" is
/// off), and its own clean-up of paths is not needed as no path reaches the file system.
bool read_target(const mg_request_info& info, Request& request) {
  std::string_view target = info.local_uri_raw != nullptr ? info.local_uri_raw : "";
  auto path = percent_decode(target.substr(0, target.find('?')), false);
  auto query = Parameters::parse(info.query_string != nullptr ? info.query_string : "");
  if (!path || !path->starts_with('/') || !query) return false;
  request.path = std::move(*path);
  request.query = std::move(*query);
  return true;
}

/// The status of what is wrong with the body, or 0. Reads by hand: CivetWeb's own form reader can spin on a NUL byte.
int read_body(mg_connection* connection, const mg_request_info& info, const HttpServer::Options& options,
              const base::Clock& clock, std::string& body) {
  if (info.content_length > static_cast<long long>(options.max_body)) return 413;
  if (info.content_length == 0) return 0;
  const base::Micros until = clock.monotonic() + options.request_timeout_ms * (base::kSecond / 1000);
  // The library waits for each chunk as a whole, as long as bytes keep coming: small ones, so that the time counts.
  std::array<char, 4> chunk;
  for (int n = 0; (n = mg_read(connection, chunk.data(), chunk.size())) > 0;) {
    if (body.size() + static_cast<std::size_t>(n) > options.max_body) return 413;
    body.append(chunk.data(), static_cast<std::size_t>(n));
    if (clock.monotonic() > until) return 408;
  }
  return info.content_length > 0 && body.size() < static_cast<std::size_t>(info.content_length) ? 408 : 0;
}

bool wants_keep_alive(const mg_request_info& info) {
  const bool is_1_1 = info.http_version != nullptr && std::strcmp(info.http_version, "1.1") == 0;
  for (int i = 0; i < info.num_headers; ++i) {
    if (base::lower(info.http_headers[i].name) == "connection") {
      const std::string value = base::lower(info.http_headers[i].value);
      return value.find("close") == std::string::npos && (is_1_1 || value.find("keep-alive") != std::string::npos);
    }
  }
  return is_1_1;
}

}  // namespace

Response HttpServer::Impl::answer(mg_connection* connection, const mg_request_info& info, bool& close) {
  Request request;
  request.method = info.request_method != nullptr ? info.request_method : "";
  request.peer = peer_of(info);
  for (int i = 0; i < info.num_headers; ++i) {
    request.headers.emplace_back(base::lower(info.http_headers[i].name), info.http_headers[i].value);
  }
  if (mg_get_user_connection_data(connection) == nullptr) {
    connections.opened(request.peer);
    mg_set_user_connection_data(connection, std::make_unique<base::Address>(request.peer).release());
  }
  if (connections.of(request.peer) > options.connections_per_address) {
    close = true;
    if (options.telemetry != nullptr) ++options.telemetry->connections_refused;
    return Response::text(503, "Too many connections from this address.");
  }
  if (!read_target(info, request)) {
    close = true;
    return Response::text(400, "The address of this request is malformed or too long.");
  }
  const bool bodiless = request.method == "GET" || request.method == "HEAD";
  const int wrong =
      bodiless ? (info.content_length > 0 ? 413 : 0) : read_body(connection, info, options, clock, request.body);
  if (wrong != 0) {
    close = true;
    return Response::text(wrong, wrong == 408 ? "The body of this request did not come in time."
                                              : "The body of this request is too large.");
  }
  return handler(std::move(request));
}

int HttpServer::Impl::serve(mg_connection* connection) {
  const mg_request_info& info = *mg_get_request_info(connection);
  bool close = !wants_keep_alive(info) || 4 * open > 3 * options.threads;
  Response response;
  const bool entered = enter();
  if (!entered) {
    close = true;
    response = Response::text(503, "The server is stopping.");
  } else {
    // Nothing may escape into the library's C code: it would end the process.
    try {
      response = answer(connection, info, close);
    } catch (...) {
      close = true;
      response = Response::text(500, "This request failed.");
    }
  }
  const std::string_view target = info.local_uri_raw != nullptr ? info.local_uri_raw : "";
  if (!options.problems_below.empty() && target.starts_with(options.problems_below))
    response = Response::as_problem(std::move(response));
  if (close) mg_disable_connection_keep_alive(connection);
  const bool head = info.request_method != nullptr && std::strcmp(info.request_method, "HEAD") == 0;
  try {
    const std::string bytes = serialise(response, clock.now() / base::kSecond, !close, head);
    mg_write(connection, bytes.data(), bytes.size());
  } catch (...) {
    mg_disable_connection_keep_alive(connection);
  }
  if (entered) leave();
  return response.status;
}

namespace {

HttpServer::Impl* impl_of(const mg_connection* connection) {
  return static_cast<HttpServer::Impl*>(mg_get_user_data(mg_get_context(connection)));
}

mg_callbacks callbacks() {
  mg_callbacks result{};
  result.begin_request = [](mg_connection* connection) { return impl_of(connection)->serve(connection); };
  result.log_message = [](const mg_connection*, const char* message) {
    base::log::debug("http: ", message);
    return 1;
  };
  // What the library refuses by itself; its own answer would repeat the malformed version in the status line.
  result.http_error = [](mg_connection* connection, int status, const char*) {
    mg_disable_connection_keep_alive(connection);
    try {
      const Response response = Response::text(status, "This request cannot be answered.");
      const std::string bytes = serialise(response, impl_of(connection)->clock.now() / base::kSecond, false, false);
      mg_write(connection, bytes.data(), bytes.size());
    } catch (...) {
      return 1;
    }
    return 0;
  };
  result.log_access = [](const mg_connection*, const char*) { return 1; };
  // The peer is not known yet here; its first request counts the connection. An empty handler makes the library clear
  // the data of the connection that used this thread before.
  result.init_connection = [](const mg_connection* connection, void**) {
    HttpServer::Impl& impl = *impl_of(connection);
    ++impl.open;
    if (impl.options.telemetry != nullptr) ++impl.options.telemetry->connections_opened;
    if (impl.options.telemetry != nullptr) ++impl.options.telemetry->connections;
    return 0;
  };
  // connection_close, not connection_closed: by then the data is no longer there.
  result.connection_close = [](const mg_connection* connection) {
    const std::unique_ptr<base::Address> peer(static_cast<base::Address*>(mg_get_user_connection_data(connection)));
    HttpServer::Impl& impl = *impl_of(connection);
    if (peer != nullptr) impl.connections.closed(*peer);
    --impl.open;
    if (impl.options.telemetry != nullptr) --impl.options.telemetry->connections;
  };
  return result;
}

sockaddr_in socket_address(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &result.sin_addr);
  return result;
}

/// Connects and hangs up.
void knock(const std::string& address, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  const sockaddr_in to = socket_address(address, port);
  static_cast<void>(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to));
  ::close(fd);
}

/// Why listening did not work; the library only says that it did not.
std::string why_not(const HttpServer::Options& options) {
  const std::string where = base::cat(options.address, ":", options.port);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return base::cat("cannot listen on ", where, ": ", std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = socket_address(options.address, options.port);
  int error = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  if (error == 0) error = ::listen(fd, 1) == 0 ? 0 : errno;
  ::close(fd);
  if (error == EADDRINUSE) {
    return base::cat("cannot listen on ", where,
                     ": the port is already in use (choose another with --listen ADDRESS:PORT)");
  }
  if (error == EACCES) return base::cat("cannot listen on ", where, ": ports below 1024 need CAP_NET_BIND_SERVICE");
  if (error == EADDRNOTAVAIL) return base::cat("cannot listen on ", where, ": not an address of this machine");
  return base::cat("cannot listen on ", where, error != 0 ? base::cat(": ", std::strerror(error)) : std::string());
}

}  // namespace

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }
std::uint16_t HttpServer::port() const noexcept { return impl_->port; }

base::Result<std::unique_ptr<HttpServer>> HttpServer::start(const Options& options, Handler handler) {
  if (const auto address = base::Address::parse(options.address); !address || !address->is_v4()) {
    return base::Error{base::cat("cannot listen on \"", options.address, "\": give an IPv4 address")};
  }
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->handler = std::move(handler);

  static const unsigned features = mg_init_library(0);
  static_cast<void>(features);
  const std::string port = base::cat(options.address, ":", options.port);
  const std::string threads = base::cat(options.threads);
  const std::string request_timeout = base::cat(options.request_timeout_ms);
  const std::string keep_alive = base::cat(options.keep_alive_ms);
  const char* settings[] = {"listening_ports",
                            port.c_str(),
                            "num_threads",
                            threads.c_str(),
                            "connection_queue",
                            "200",
                            "request_timeout_ms",
                            request_timeout.c_str(),
                            "enable_keep_alive",
                            "yes",
                            "keep_alive_timeout_ms",
                            keep_alive.c_str(),
                            "tcp_nodelay",
                            "1",
                            "decode_url",
                            "no",
                            nullptr};
  const mg_callbacks calls = callbacks();
  mg_init_data init{&calls, impl.get(), settings};
  std::array<char, 256> text{};
  unsigned code = 0;
  mg_error_data error{&code, text.data(), text.size()};
  impl->context = mg_start2(&init, &error);
  if (impl->context == nullptr) return base::Error{why_not(options)};
  mg_server_port bound{};
  if (mg_get_server_ports(impl->context, 1, &bound) > 0) impl->port = static_cast<std::uint16_t>(bound.port);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

void HttpServer::stop() {
  if (impl_->context == nullptr) return;
  {
    // mg_stop while a handler still runs is not safe, so they finish first.
    std::unique_lock lock(impl_->mutex);
    impl_->draining = true;
    impl_->idle.wait_for(lock, std::chrono::microseconds(impl_->options.drain), [this] { return impl_->active == 0; });
  }
  // The listening thread sleeps for up to two seconds before it notices; a connection wakes it.
  std::atomic<bool> stopped = false;
  std::thread waker([&] {
    while (!stopped) {
      knock(impl_->options.address, impl_->port);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  mg_stop(std::exchange(impl_->context, nullptr));
  stopped = true;
  waker.join();
}

}  // namespace pastmon::web
