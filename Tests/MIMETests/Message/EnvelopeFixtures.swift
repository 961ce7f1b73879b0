/// S/MIME envelopes, made by OpenSSL over small entities with a key of no one.
enum EnvelopeFixtures {
    /// Signed data in DER over one text/plain.
    static let signedText = """
        MIIBbQYJKoZIhvcNAQcCoIIBXjCCAVoCAQExDTALBglghkgBZQMEAgEwTgYJKoZIhvcNAQcBoEEEP0NvbnRlbnQtVHlwZTogdGV4
        dC9wbGFpbjsgY2hhcnNldD11dGYtOA0KDQpUaGUgc2lnbmVkIGludm9pY2UNCjGB9TCB8gIBATBOMDYxFDASBgNVBAMMC0FuYSBF
        eGFtcGxlMR4wHAYJKoZIhvcNAQkBFg9hbmFAZXhhbXBsZS5jb20CFDmUimNmnrWRWqTRoDLWO+fGz+faMAsGCWCGSAFlAwQCATAN
        BgkqhkiG9w0BAQEFAASBgFrwYxU2SGPsO4HlMZ2P/ZvAMHwEKedxb8/5AYKqI7TDNKUWTvzxrQe1JgQxX4v4rjMc/ShByDO7Iolk
        I2D2dplYSRjHoWflY43ehoDOCgHWcVLan7HbBJZztHCXoPLqB+mwt6TkqPt63A8mEGIqBouDv3nE1k05X6DvvB1CBPHt
        """

    /// The same in BER: no lengths, and the content in segments.
    static let signedTextInSegments = """
        MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcBoIAkgAQ/Q29udGVudC1UeXBlOiB0ZXh0L3Bs
        YWluOyBjaGFyc2V0PXV0Zi04DQoNClRoZSBzaWduZWQgaW52b2ljZQ0KAAAAAAAAMYH1MIHyAgEBME4wNjEUMBIGA1UEAwwLQW5h
        IEV4YW1wbGUxHjAcBgkqhkiG9w0BCQEWD2FuYUBleGFtcGxlLmNvbQIUOZSKY2aetZFapNGgMtY758bP59owCwYJYIZIAWUDBAIB
        MA0GCSqGSIb3DQEBAQUABIGAWvBjFTZIY+w7geUxnY/9m8AwfAQp53Fvz/kBgqojtMM0pRZO/PGtB7UmBDFfi/iuMxz9KEHIM7si
        iWQjYPZ2mVhJGMehZ+Vjjd6GgM4KAdZxUtqfsdsElnO0cJeg8uoH6bC3pOSo+3rcDyYQYioGi4O/ecTWTTlfoO+8HUIE8e0AAAAA
        AAA=
        """

    /// Signed data over a multipart/mixed of a text and a file.
    static let signedMultipart = """
        MIIB4QYJKoZIhvcNAQcCoIIB0jCCAc4CAQExDTALBglghkgBZQMEAgEwgcEGCSqGSIb3DQEHAaCBswSBsENvbnRlbnQtVHlwZTog
        bXVsdGlwYXJ0L21peGVkOyBib3VuZGFyeT1iDQoNCi0tYg0KQ29udGVudC1UeXBlOiB0ZXh0L3BsYWluOyBjaGFyc2V0PXV0Zi04
        DQoNClRoZSBzaWduZWQgaW52b2ljZQ0KLS1iDQpDb250ZW50LVR5cGU6IHRleHQvY3N2OyBuYW1lPXN1bXMuY3N2DQoNCnRvdGFs
        LDQyDQotLWItLQ0KMYH1MIHyAgEBME4wNjEUMBIGA1UEAwwLQW5hIEV4YW1wbGUxHjAcBgkqhkiG9w0BCQEWD2FuYUBleGFtcGxl
        LmNvbQIUOZSKY2aetZFapNGgMtY758bP59owCwYJYIZIAWUDBAIBMA0GCSqGSIb3DQEBAQUABIGAxyKS2GXipXTugSWxXQ0f5/3d
        s4M+pHU+y+tiHcCD7OGa5dGOXJH+VUuU0gjMRAAXP/vJm6+m5O/ELYBoMAb2WrNUPHywF7zDnLw7W+6aIclcbYiZbk0X9va3KIkf
        7sMprCoU2SMGy6cDwRoS2ulscK8nFCsiZyBdhKNOE8aA1bc=
        """

    /// Compressed data (RFC 3274) over one text/plain.
    static let compressedText = """
        MHsGCyqGSIb3DQEJEAEJoGwwagIBADANBgsqhkiG9w0BCRADCDBWBgkqhkiG9w0BBwGgSQRHeJxzzs8rSc0r0Q2pLEi1UihJrSjR
        L8hJzMyzVkjOSCwqTi2xLS1J07Xg5eLlCslIVSjOTM9LTVHIzCvLz0xO5eUCAMhoFVA=
        """

    /// Enveloped data: encrypted.
    static let encryptedText = """
        MIIBbwYJKoZIhvcNAQcDoIIBYDCCAVwCAQAxgegwgeUCAQAwTjA2MRQwEgYDVQQDDAtBbmEgRXhhbXBsZTEeMBwGCSqGSIb3DQEJ
        ARYPYW5hQGV4YW1wbGUuY29tAhQ5lIpjZp61kVqk0aAy1jvnxs/n2jANBgkqhkiG9w0BAQEFAASBgCV8dwBXrlFri3dJPPYIRwV2
        6MyeZATk6AAQTLc7YvInV7WpWTEM9Ha1GhMj1asdIEJ6bHMgC5lDBO21OtC1okn0RtmHCP8v5J30vjPZK0fS5MX1H3nFjTdXACgp
        RrMlS0Mqv0WL9ysx46SUt+wUxWlFV5WtUxBUQWfXDE3FqWxLMGwGCSqGSIb3DQEHATAdBglghkgBZQMEAQIEELsayMV94ZCalI9u
        yMmoWv6AQFYX4tY4Zl3GC4Pjoi7VOrWo/AEyb4OdJ2/4CSOhdK6t2vCc9tNJU3ICwga+EcpwdWhvn93tDI1GjejFtz/7O6A=
        """

    /// Signed data without content: a certificate.
    static let certificates = """
        MIICdwYJKoZIhvcNAQcCoIICaDCCAmQCAQExADALBgkqhkiG9w0BBwGgggJMMIICSDCCAbGgAwIBAgIUOZSKY2aetZFapNGgMtY7
        58bP59owDQYJKoZIhvcNAQELBQAwNjEUMBIGA1UEAwwLQW5hIEV4YW1wbGUxHjAcBgkqhkiG9w0BCQEWD2FuYUBleGFtcGxlLmNv
        bTAeFw0yNjExMjMxNDE5MTZaFw0zNTAyMDkxNDE5MTZaMDYxFDASBgNVBAMMC0FuYSBFeGFtcGxlMR4wHAYJKoZIhvcNAQkBFg9h
        bmFAZXhhbXBsZS5jb20wgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANCHRsyQVLbiTrpJdyhpwYZcOXLbJzq6cTBriLgdKewF
        cHUKuxd3ScRWfM7CBvl6I80DlsUO+Imvsh0Cg5G9QSmDBX2vZ6GZ3g7HUM+jSDnc6knRgc9F9jWlXEWgndZUULUSN4HIGz2kixvm
        aId6ekM4VC77f0mkDY0H8yRvuPt1AgMBAAGjUzBRMB0GA1UdDgQWBBTbznEpvPFRJAHYrv1HjqVSw8GsSjAfBgNVHSMEGDAWgBTb
        znEpvPFRJAHYrv1HjqVSw8GsSjAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBACi7vOU6//UroUuLRQn2HNXrHhMQ
        APe1uHSEBFBwCxRqF01W2lDbZq87FjbVhtFI3VxaB44i5TCGNHBHhlIHIwn4weDRo5L79sL00OXFVSmTG+lglg8x/8Rd5Rqz+8+c
        kaQrqT8FO56OVCRtUyEQsl270jWmhwvuzKlJv4f715ceMQA=
        """
}
