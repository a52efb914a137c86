"""The bundled press room and imdi.no, served on loopback."""
