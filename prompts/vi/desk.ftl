# Những gì nhân viên đọc trong phòng làm việc.

desk-room-title = { $name } · { $channel } · { $code }
desk-card-who = { $name } · { $channel } · { $language } · { $code }
desk-card-human-first = Muốn gặp người trước
desk-card-human-if-unsure = Muốn gặp người nếu bot không chắc
desk-card-bot-is-fine = Bot trả lời cũng được
desk-card-no-preference = Chưa nói muốn ai trả lời trước
desk-card-reason = Vì sao cần người: { $reason }
desk-card-tried-answer = Bot đã trả lời: { $question }
desk-card-tried-offer = Bot đã gợi ý: { $questions }
desk-card-tried-unsure = Bot không tìm thấy câu nào đủ khả năng
desk-card-tried-nothing = Bot chưa thử gì
desk-card-waiting = Đã chờ { $minutes } phút
desk-card-claimed = { $agent } đang phụ trách
desk-card-resolved = { $agent } đã giải quyết
desk-card-with-bot = Bot đang phụ trách
desk-line-customer = { $name }: { $words }
desk-line-bot = Bot: { $words }
desk-line-agent = Chúng ta: { $words }

desk-channel-telegram = Telegram
desk-channel-discord = Discord
desk-channel-web = chat trên web
desk-language-en = tiếng Anh
desk-language-vi = tiếng Việt
desk-language-zh = tiếng Trung
desk-language-unknown = chưa rõ ngôn ngữ

desk-reason-asked = khách yêu cầu
desk-reason-prefers-person = khách muốn gặp người
desk-reason-unsure = bot không chắc
desk-reason-none-of-these = không gợi ý nào của bot phù hợp
desk-reason-did-not-help = câu trả lời của bot không giúp được
desk-reason-same-answer = bot sắp trả lời lặp lại
desk-reason-cannot-read = bot không đọc được thứ khách gửi
desk-reason-reopened = khách quay lại việc đã giải quyết
desk-reason-delivery-unknown = không rõ câu trả lời của bot đã đến chưa
desk-reason-answer-too-old = câu trả lời của bot đã quá trễ
desk-reason-answer-failed = không gửi được câu trả lời của bot
desk-reason-taken-over = đồng nghiệp nhận từ bot

desk-customer-says = { $name }:
desk-customer-edited = { $name } đã sửa tin nhắn:
desk-customer-blocked = { $name } đã chặn bot. Không gửi được gì cho đến khi họ bỏ chặn.
desk-customer-unblocked = { $name } đã bỏ chặn bot.
desk-note-by = Ghi chú của { $agent }:
desk-sent-by = ✓ { $agent } đã gửi cho { $customer }:
desk-not-delivered = ✗ Không gửi được ({ $why }):
desk-delivery-unknown = ⚠ Không rõ tin này đã đến { $customer } chưa:
desk-maybe-repeated = (có thể bị lặp)
desk-warning = ⏳ Đã chờ { $waited } phút; còn { $left } phút nữa là đến hạn.
desk-breach = 🔴 Đã trễ hạn { $target } phút: khách đã chờ { $waited } phút.
desk-lease-over = { $agent } im lặng trong khi khách chờ: cuộc trò chuyện trở lại hàng chờ.
desk-still-waiting = 🔔 Khách vẫn đang chờ trả lời: { $waited } phút.
desk-target-near = ⏳ { $clock }: còn { $length } nữa là đến hạn.
desk-target-missed = 🔴 { $clock }: đã quá hạn { $length }.
desk-snoozed = 🔕 { $agent } không muốn được nhắc thêm trong { $minutes } phút, hoặc cho đến khi khách nhắn. Đồng hồ vẫn chạy.
desk-customer-left = { $name } không chờ ở đây nữa và muốn được nhắn lại; chỗ trong hàng chờ vẫn được giữ.
desk-tries-bot = { $name } thử lại với bot: lần chuyển này kết thúc.

desk-button-claim = Nhận
desk-button-release = Trả lại
desk-button-reply = Trả lời
desk-button-note = Ghi chú
desk-button-resolve = Đã giải quyết
desk-button-snooze = Tạm không nhắc nữa
desk-button-send-again = Gửi lại
desk-button-it-arrived = Đã đến nơi
desk-form-reply = Gửi { $name }
desk-form-reply-field = Nội dung khách sẽ đọc
desk-form-note = Ghi chú về { $name }
desk-form-note-field = Chỉ nhân viên thấy

desk-claimed-by-you = Bạn đã nhận. Hãy trả lời vào tin nhắn của khách, hoặc viết /r kèm nội dung; mọi thứ khác chỉ nội bộ thấy.
desk-yours-already = Bạn đã nhận cuộc này rồi.
desk-was-faster = { $agent } nhanh hơn rồi.
desk-has-it = { $agent } đang phụ trách cuộc trò chuyện này.
desk-released = Đã trả lại hàng chờ.
desk-claim-first = Hãy nhận cuộc trò chuyện trước.
desk-paused = Đồng hồ tạm dừng cho đến khi khách nhắn, hoặc khi bạn cho chạy tiếp (/resume).
desk-paused-already = Đồng hồ đang tạm dừng rồi.
desk-not-paused = Đồng hồ đang chạy.
desk-goes-on = Đồng hồ chạy tiếp.
desk-resolved = Đã giải quyết.
desk-resolved-already = { $agent } đã giải quyết rồi.
desk-on-its-way = Đang gửi; khi đến nơi sẽ có dấu xác nhận.
desk-sending-again = Đang gửi lại.
desk-counted-as-arrived = Đã tính là đến nơi.
desk-empty-reply = Không có gì để gửi: viết nội dung sau /r, hoặc trả lời vào tin nhắn của khách.
desk-closed = Cuộc trò chuyện đã đóng. Khách nhắn lại sẽ mở cuộc mới.
desk-button-out-of-date = Nút này đã cũ; thẻ cho biết tình trạng hiện tại.
desk-not-listed = Bạn không có trong danh sách nhân viên nên thao tác này không có tác dụng. Quản trị viên có thể thêm bạn: careline staff add
desk-unknown-command = Tôi hiểu /r, /note, /claim, /release, /resolve, /report, /faq và, khi nhắn riêng với tôi, /console.
desk-console-in-private = Hãy nhắn riêng cho tôi /console: chỉ bạn nên thấy liên kết.
desk-console-link = Liên kết đăng nhập của bạn, dùng một lần trong 15 phút: { $link }

# Nội dung nhân viên thấy bên cạnh lệnh.
desk-command-reply = Gửi nội dung này cho khách
desk-command-note = Ghi chú chỉ đồng nghiệp thấy
desk-command-claim = Nhận cuộc trò chuyện này
desk-command-release = Trả lại hàng chờ
desk-command-resolve = Yêu cầu đã được giải quyết
desk-command-wait = Chờ khách trả lời: tạm dừng đồng hồ
desk-command-hold = Chờ bên thứ ba: tạm dừng đồng hồ
desk-command-resume = Cho đồng hồ chạy tiếp
desk-command-console = Liên kết đăng nhập bảng điều khiển
desk-command-report = Số liệu và biểu đồ: /report sla 7
desk-command-report-argument = sla, handoffs hoặc staffing, và số ngày
desk-command-words = Nội dung
desk-room-not-opened = ⚠ Không mở được phòng ở bàn làm việc kia ({ $why }); sẽ thử lại khi có cảnh báo chờ lâu.

report-waits = Khách đã chờ bao lâu
report-week = Thời gian chờ nhân viên theo giờ trong tuần: số lượt, màu càng đậm càng lâu
report-under = { $from } – { $to } · { $n } cuộc trò chuyện
report-beginning = từ đầu
report-now = hiện tại
report-band-quick = trong 30 phút
report-band-same-day = trong 4 giờ
report-band-next-day = trong 24 giờ
report-band-later = lâu hơn
report-note = n = { $n }
report-note-attained = n = { $n } · { $percent } % đúng hạn
report-first-answer = Trả lời đầu tiên
report-first-human-response = Nhân viên trả lời đầu tiên
report-human-wait = Chờ nhân viên
report-handoff-to-claim = Đến khi có người nhận
report-next-response = Các trả lời tiếp theo
report-first-resolution = Đến khi giải quyết lần đầu
report-total-resolution = Đến khi giải quyết xong
report-mon = Thứ Hai
report-tue = Thứ Ba
report-wed = Thứ Tư
report-thu = Thứ Năm
report-fri = Thứ Sáu
report-sat = Thứ Bảy
report-sun = Chủ Nhật
report-human-waits = Khách đã chờ nhân viên bao lâu
report-handoffs = Chuyển cho nhân viên: bao lâu mới có trả lời, theo lý do
report-agents-needed = Số nhân viên cần có, theo giờ trong tuần
report-under-handoffs = { $from } – { $to } · { $n } lượt cần nhân viên
report-all = tất cả
report-none = không có
report-bot = bot
report-below-a-minute = dưới 1 phút
report-heading-day = { $title }, { $day }
report-heading-days = { $title }, { $from } – { $to }
report-line-came-in = Cuộc trò chuyện mới: { $n }; đã giải quyết: { $resolved }; chuyển cho nhân viên: { $handed }
report-line-by-bot = Bot tự giải quyết: { $confirmed } được xác nhận, { $assumed } tạm tính
report-line-wait = { $name }: trung vị { $median }, chín trên mười trong { $ninety } (n = { $n })
report-line-wait-attained = { $name }: trung vị { $median }, chín trên mười trong { $ninety }, { $percent } % đúng hạn (n = { $n })
report-line-coverage = Trả lời đầu tiên đáp ứng mong đợi của { $percent } % khách (n = { $n }; 37 % mong đợi trong 30 phút, 26 % trong 4 giờ, 31 % trong 24 giờ)
report-line-promises = Giữ đúng lời hứa: { $percent } % (n = { $n })
report-line-preferences = Gặp nhân viên trước theo ý khách: { $percent } % (n = { $n })
report-line-trouble = Không gửi được: { $failed }; không rõ đã đến chưa: { $unknown }
report-line-backlog = Đang chờ: { $n }, chưa ai nhận: { $untaken }; lâu nhất { $oldest }
report-line-nobody-waits = Hiện không có ai chờ.
report-line-requests = Lượt cần nhân viên: { $n }
report-line-handling = Mỗi lượt mất trung bình { $handling } (n = { $n })
report-line-agents = Giờ bận nhất cần { $n } nhân viên để { $percent } % được nhận trong { $target } (mỗi người { $once } cuộc trò chuyện cùng lúc)
report-line-reason = { $name }: { $n }
report-line-reason-taken = { $name }: { $n }, được nhận sau { $median } (trung vị của { $taken })
report-usage = /report [sla|handoffs|staffing] [số ngày], ví dụ /report sla 7
report-drawing = Báo cáo đang được vẽ và sẽ hiện ở đây ngay.
report-not-drawn = Không vẽ được báo cáo; xem nhật ký để biết lý do.
report-digest-daily = Số liệu hôm qua
report-digest-since = Số liệu từ ngày mở cửa trước
report-digest-weekly = Số liệu tuần trước

# Mỗi tuần một lần: những câu hỏi mà bot chưa trả lời được.
desk-gaps-title = Câu hỏi còn bỏ ngỏ của tuần từ { $day }
desk-gaps-head = { $questions } câu hỏi bot chưa trả lời tốt, thuộc { $groups } nhóm.
desk-gaps-answer = Nhân viên đã trả lời: { $answer }
desk-gaps-more = Tạo mục mới, thêm cách hỏi hoặc bỏ qua: { $link }
desk-gap-no-answer = { $n } chưa có câu trả lời
desk-gap-did-not-help = { $n } không hữu ích
desk-gap-handoff = { $n } chuyển cho nhân viên
desk-gap-no-choice = { $n } không chọn gợi ý nào
desk-gap-chosen = { $n } trả lời sau khi chọn

## Cách viết nào của một câu trả lời giúp được nhiều hơn; A là câu trả lời chính, B là cách viết khác đầu tiên.

wording-test-title = Cách viết nào giúp được nhiều hơn
wording-test-name = Cách viết { $name }
wording-test-wording = Cách viết
wording-test-customers = Khách hàng
wording-test-reacted = Có phản hồi
wording-test-helped = Đã giúp được
wording-test-to-person = Chuyển sang gặp người
wording-test-share = ({ $n } %)
wording-test-better = { $better } giúp được nhiều hơn { $worse }: kết luận được khi đã có { $n } khách phản hồi.
wording-test-no-difference = Chưa thấy khác biệt: { $n ->
        [0] chưa có khách nào phản hồi
       *[other] đã có { $n } khách phản hồi
    }; mỗi cách viết cần ít nhất { $least } khách phản hồi thì mới có kết luận.
wording-test-method = Mỗi khách luôn thấy cùng một cách viết và chỉ được tính một lần cho cách viết đó, theo phản hồi đầu tiên: nói là đã giúp được, nói là chưa, hoặc chuyển sang gặp người. Kết luận dựa trên tỷ lệ khách được giúp. Bạn có thể xem bao nhiêu lần tùy ý: trong một trăm phép so sánh giữa các cách viết giúp được như nhau, nhiều nhất { $percent } lần có kết luận sai (kiểm định tuần tự kiểu đặt cược theo Turner, Ly và Grünwald 2024, đã hiệu chỉnh theo số cách viết; tính từ khi mỗi cách viết có { $least } phản hồi).
wording-test-off = Hiện các cách viết không được so sánh (knowledge.wording_tests đang tắt): mọi khách đều nhận A.
