package io.chiaro.example.papers.digest;

/** What a room that sends mails needs: somebody to hand them to, and what they say. */
public record Post(Mailer mailer, Letters letters) {}
