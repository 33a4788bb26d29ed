#pragma once
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <map>

namespace margind::http {

/// Counts open connections, in all and by address. An IPv6 client counts by its /64, because that
/// is what one customer has; an IPv4 address counts the same however it is written.
class Admission {
public:
    enum class Verdict : std::uint8_t { admitted, full, full_for_address };

    Admission(std::uint32_t in_all_max, std::uint32_t per_address_max)
        : in_all_max_{in_all_max}, per_address_max_{per_address_max} {}

    /// Every `admitted` is followed by one `release` of the same address.
    [[nodiscard]] Verdict admit(const boost::asio::ip::address& address);
    void release(const boost::asio::ip::address& address);

    [[nodiscard]] std::uint32_t open() const { return open_; }

private:
    std::uint32_t in_all_max_;
    std::uint32_t per_address_max_;
    std::uint32_t open_ = 0;
    std::map<boost::asio::ip::address, std::uint32_t> by_address_;
};

}  // namespace margind::http
