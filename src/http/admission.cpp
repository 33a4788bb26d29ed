#include "http/admission.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include "margind/core/base/assert.hpp"

namespace margind::http {
namespace {

boost::asio::ip::address customer(const boost::asio::ip::address& address) {
    if (address.is_v4()) return address;
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6);
    }
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::address_v6{bytes};
}

}  // namespace

Admission::Verdict Admission::admit(const boost::asio::ip::address& address) {
    if (open_ >= in_all_max_) return Verdict::full;
    const auto key = customer(address);
    const auto found = by_address_.find(key);
    if (found != by_address_.end() && found->second >= per_address_max_) {
        return Verdict::full_for_address;
    }
    ++by_address_[key];
    ++open_;
    return Verdict::admitted;
}

void Admission::release(const boost::asio::ip::address& address) {
    const auto found = by_address_.find(customer(address));
    MARGIND_ASSERT(found != by_address_.end() && open_ > 0);
    if (--found->second == 0) by_address_.erase(found);
    --open_;
}

}  // namespace margind::http
