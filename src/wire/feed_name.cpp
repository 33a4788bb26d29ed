#include "wire/feed_name.hpp"

#include "wire/json_writer.hpp"

namespace margind::wire {

NameFault check_feed_name(std::string_view name) {
    if (name.empty()) return NameFault::empty;
    if (name.size() > feed_name_bytes_max) return NameFault::too_long;
    if (name.front() == ' ' || name.back() == ' ') return NameFault::bad_byte;
    bool is_ascii = true;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) return NameFault::bad_byte;
        is_ascii = is_ascii && byte < 0x80;
    }
    return is_ascii || is_utf8(name) ? NameFault::none : NameFault::bad_utf8;
}

}  // namespace margind::wire
