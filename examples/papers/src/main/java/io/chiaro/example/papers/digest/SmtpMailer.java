package io.chiaro.example.papers.digest;

import io.chiaro.core.ChiaroException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/** Sends mails by SMTP with Jakarta Mail, each over a connection of its own. Safe for any thread. */
public record SmtpMailer(SmtpSettings settings, Clock clock) implements Mailer {

    private static final int LEAST_REFUSAL = 400;
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    @Override
    public Delivery send(Mail mail) {
        Session session = Session.getInstance(properties());
        Message message;
        Transport transport;
        try {
            message = message(session, mail);
            transport = session.getTransport("smtp");
        } catch (MessagingException e) {
            throw new IllegalStateException("SmtpMailer: a mail could not be made", e);
        }
        connect(transport);
        try {
            transport.sendMessage(message, message.getAllRecipients());
            return Delivery.ACCEPTED;
        } catch (SMTPSendFailedException e) {
            // A lost connection comes as a refusal, too, but without a code of the server.
            return e.getReturnCode() >= LEAST_REFUSAL ? Delivery.REFUSED : Delivery.UNKNOWN;
        } catch (SendFailedException e) {
            return Delivery.REFUSED;
        } catch (MessagingException e) {
            return Delivery.UNKNOWN;
        } finally {
            close(transport);
        }
    }

    private static void close(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            // What the server said of the mail holds, however the farewell went.
        }
    }

    private void connect(Transport transport) {
        try {
            transport.connect(
                    settings.host(),
                    settings.port(),
                    settings.login().map(SmtpSettings.Login::user).orElse(null),
                    settings.login().map(SmtpSettings.Login::password).orElse(null));
        } catch (MessagingException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    "smtp: expected a mail server at " + settings.host() + ":" + settings.port()
                            + " that lets us send, but found: "
                            + e.getClass().getSimpleName() + ". Check host, port, security, user and password.",
                    e);
        }
    }

    private Properties properties() {
        Properties told = new Properties();
        String patience = String.valueOf(settings.patience().toMillis());
        told.put("mail.smtp.connectiontimeout", patience);
        told.put("mail.smtp.timeout", patience);
        told.put("mail.smtp.writetimeout", patience);
        told.put("mail.smtp.auth", String.valueOf(settings.login().isPresent()));
        told.put("mail.smtp.from", settings.from());
        told.put("mail.smtp.ssl.checkserveridentity", "true");
        switch (settings.security()) {
            case TLS -> told.put("mail.smtp.ssl.enable", "true");
            case STARTTLS -> {
                told.put("mail.smtp.starttls.enable", "true");
                told.put("mail.smtp.starttls.required", "true");
            }
            case NONE -> {
                // nothing to add
            }
        }
        return told;
    }

    private Message message(Session session, Mail mail) throws MessagingException {
        MimeMessage message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + mail.id() + ">");
            }
        };
        message.setFrom(new InternetAddress(settings.from()));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(mail.to(), true));
        message.setSubject(mail.subject(), UTF_8);
        message.setSentDate(Date.from(clock.instant()));
        // Keeps the answers of absent readers away.
        message.setHeader("Auto-Submitted", "auto-generated");
        if (mail.unsubscribe().isPresent()) {
            message.setHeader("List-Unsubscribe", "<" + mail.unsubscribe().get() + ">");
            message.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        MimeBodyPart text = new MimeBodyPart();
        text.setText(mail.text(), UTF_8);
        MimeBodyPart html = new MimeBodyPart();
        html.setText(mail.html(), UTF_8, "html");
        // Of two forms of the same, a reader's program shows the last that it can.
        message.setContent(new MimeMultipart("alternative", text, html));
        message.saveChanges();
        return message;
    }
}
