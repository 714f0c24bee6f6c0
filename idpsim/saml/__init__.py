"""SAML for both sides: messages from strangers, signatures verified, assertions encrypted and opened, pysaml2 tamed."""
