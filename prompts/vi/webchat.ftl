# webchat
