package io.chiaro.example.papers.digest;

import io.chiaro.core.ChiaroException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;

/** What counts as an address: one mailbox of RFC 822 at a domain, without a name beside it. */
final class MailAddress {

    private static final int LONGEST = 254;

    private MailAddress() {}

    /**
     * The address without space around.
     *
     * @throws ChiaroException of kind usage if it is none; the message does not repeat it
     */
    static String checked(String written) {
        String address = written.strip();
        try {
            boolean plain = address.length() <= LONGEST
                    && address.chars().allMatch(c -> c > ' ' && c < 127)
                    && address.indexOf('@') > 0;
            if (plain && new InternetAddress(address, true).getAddress().equals(address)) {
                return address;
            }
        } catch (AddressException e) {
            // said below
        }
        throw ChiaroException.usage("address: expected one mail address such as reader@example.org. Correct it.");
    }
}
