/**
 * @file echo_asio.cpp
 * @brief Peer: the same echo on ASIO.
 *
 * Written the way of ASIO's own examples: a chain of async_read and
 * async_write for each connection, one thread that runs the context, and the
 * hint that it is one.
 *
 * Uses:     asio.hpp, echo.h.
 * Used by:  bench/peers/run.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <asio.hpp>

#include <memory>
#include <vector>

#include "echo.h"

namespace
{
using asio::ip::tcp;

/** A server's end of a connection; its handlers keep it alive. */
class session : public std::enable_shared_from_this<session>
{
public:
    explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

    void receive()
    {
        auto self = shared_from_this();

        socket_.async_read_some(
            asio::buffer(bytes_),
            [this, self](asio::error_code error, std::size_t count) {
                if (!error) {
                    send(count);
                }
            });
    }

private:
    void send(std::size_t count)
    {
        auto self = shared_from_this();

        asio::async_write(socket_,
                          asio::buffer(bytes_, count),
                          [this, self](asio::error_code error, std::size_t) {
                              if (!error) {
                                  receive();
                              }
                          });
    }

    tcp::socket socket_;
    char bytes_[ECHO_BYTES] = {};
};

void take_connections(tcp::acceptor &acceptor)
{
    acceptor.async_accept([&](asio::error_code error, tcp::socket socket) {
        if (!error) {
            std::make_shared<session>(std::move(socket))->receive();
        }
        take_connections(acceptor);
    });
}

void serve()
{
    asio::io_context context(1);
    tcp::acceptor acceptor(
        context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));

    take_connections(acceptor);
    echo_print_port(acceptor.local_endpoint().port());
    context.run();
}

/** A client's end of a connection. */
class caller
{
public:
    caller(asio::io_context &context, echo_meter &meter)
        : socket_(context), meter_(meter)
    {
    }

    void connect(uint16_t port)
    {
        socket_.connect(
            tcp::endpoint(asio::ip::address_v4::loopback(), port));
    }

    void send()
    {
        if (echo_meter_send(&meter_)) {
            asio::async_write(socket_,
                              asio::buffer(bytes_),
                              [this](asio::error_code error, std::size_t) {
                                  echo_check(!error, "async_write");
                                  receive();
                              });
        }
    }

private:
    void receive()
    {
        asio::async_read(socket_,
                         asio::buffer(bytes_),
                         [this](asio::error_code error, std::size_t) {
                             echo_check(!error, "async_read");
                             (void)echo_meter_back(&meter_);
                             send();
                         });
    }

    tcp::socket socket_;
    echo_meter &meter_;
    char bytes_[ECHO_BYTES] = {};
};

void client(uint16_t port, uint32_t connection_count, echo_meter *meter)
{
    asio::io_context context(1);
    std::vector<std::unique_ptr<caller>> callers;

    for (uint32_t at = 0; at < connection_count; at++) {
        callers.push_back(std::make_unique<caller>(context, *meter));
        callers.back()->connect(port);
    }
    for (auto &one : callers) {
        one->send();
    }
    context.run();
}
} // namespace

int main(int argc, char **argv)
{
    return echo_main(argc, argv, serve, client);
}
